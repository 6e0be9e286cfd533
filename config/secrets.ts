import type { EnvReference, TextOrEnv } from '../activation/definition/common.ts';
import { Failure } from '../contract/failure.ts';

/** Environment variables, e.g. `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The secret in an environment variable. `what` says where it is asked for, e.g. `destinations/actito apiKey`.
 * @throws Failure ConfigurationInvalid when the variable is missing or empty; names it, never a value
 */
export function requireSecret(reference: EnvReference, env: Environment, what: string): string {
  const value = env[reference.env];
  if (value) return value;
  throw new Failure('variableMissing', { variable: reference.env, empty: value === '', setting: what });
}

/**
 * A text that stands in the configuration or in an environment variable.
 * @throws Failure ConfigurationInvalid when the variable is missing or empty
 */
export function resolveText(value: TextOrEnv, env: Environment, what = 'the configuration'): string {
  return typeof value === 'string' ? value : requireSecret(value, env, what);
}

/**
 * A port number that stands in the configuration or in an environment variable.
 * @throws Failure ConfigurationInvalid when the variable is missing, empty or not a port number
 */
export function resolvePort(value: number | EnvReference, env: Environment, what: string): number {
  if (typeof value === 'number') return value;
  const port = Number(requireSecret(value, env, what));
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Failure('variableNoPort', { variable: value.env, setting: what });
}
