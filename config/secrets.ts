import type { EnvReference, TextOrEnv } from '../activation/definition/common.ts';
import {
  controlFault,
  headerFault,
  hostFault,
  hostKeyFault,
  pemOf,
  urlFault,
  withoutFinalBreak,
  type TextFault,
} from '../activation/definition/safe-text.ts';
import { Failure, isFailure } from '../contract/failure.ts';
import type { Told } from '../contract/messages/message.ts';

/** Environment variables, e.g. `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Hosts in a closed network whose API may be called with http, separated by commas, such as a simulator in another
 * container.
 */
const CLOSED_HOSTS = 'ACTITO_SYNC_ALLOW_HTTP';

/** The kind of a variable's content, which decides what it must not contain. */
type Kind = 'secret' | 'header' | 'pem' | 'json' | 'text' | 'url' | 'host' | 'hostKey';

/** The kinds of secrets that are not any text, by the name of their setting. */
const SECRETS: Record<string, Kind> = {
  apiKey: 'header',
  token: 'header',
  privateKey: 'pem',
  ca: 'pem',
  credentials: 'json',
};

/**
 * Returns the secret in an environment variable, without the line break at its end.
 * @param setting such as `delivery.privateKey`; its last name decides what the secret must not contain
 * @throws Failure ConfigurationInvalid if the variable is missing, empty or unusable; names it, never a value
 */
export function requireSecret(reference: EnvReference, env: Environment, setting: string): string {
  return valueOf(reference, env, setting, SECRETS[setting.split('.').at(-1)!] ?? 'secret');
}

/**
 * Returns a text from the configuration or an environment variable.
 * @throws Failure ConfigurationInvalid if the variable is missing, empty or unusable
 */
export function resolveText(
  value: TextOrEnv,
  env: Environment,
  what = 'the configuration',
  kind: 'text' | 'host' | 'hostKey' = 'text',
): string {
  return typeof value === 'string' ? value : valueOf(value, env, what, kind);
}

/**
 * Returns the pinned host keys of a server, each from the configuration or an environment variable. There are several
 * while the server changes its key.
 * @throws Failure ConfigurationInvalid if a variable is missing, empty or unusable
 */
export function resolveHostKeys(
  value: TextOrEnv | readonly TextOrEnv[],
  env: Environment,
  what: string,
): string[] {
  return (isList(value) ? value : [value]).map((key) => resolveText(key, env, what, 'hostKey'));
}

function isList(value: TextOrEnv | readonly TextOrEnv[]): value is readonly TextOrEnv[] {
  return Array.isArray(value);
}

/**
 * Returns the address of an API, from the configuration or an environment variable: https unless on this machine.
 * @throws Failure ConfigurationInvalid if the variable is missing, empty or unusable
 */
export function resolveUrl(value: TextOrEnv, env: Environment, what: string): string {
  return typeof value === 'string' ? value : valueOf(value, env, what, 'url');
}

/**
 * Returns a port number from the configuration or an environment variable.
 * @throws Failure ConfigurationInvalid if the variable is missing, empty or not a port number
 */
export function resolvePort(value: number | EnvReference, env: Environment, what: string): number {
  if (typeof value === 'number') return value;
  const port = Number(valueOf(value, env, what, 'text'));
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Failure('variableNoPort', { variable: value.env, setting: what });
}

/** The kinds of settings with a variable; all others are secrets. */
const KINDS: Record<string, Kind | 'port'> = {
  ...SECRETS,
  baseUrl: 'url',
  host: 'host',
  hostKey: 'hostKey',
  port: 'port',
};

/**
 * Returns why a run would reject a setting's variable; undefined if it would not.
 * @param setting its name, such as `apiKey`
 */
export function variableProblem(
  setting: string,
  { env: variable }: EnvReference,
  env: Environment,
): Told | undefined {
  const kind = KINDS[setting] ?? 'secret';
  try {
    const value = valueOf({ env: variable }, env, setting, kind === 'port' ? 'text' : kind);
    if (kind === 'port') resolvePort({ env: variable }, { [variable]: value }, setting);
    return undefined;
  } catch (error) {
    if (isFailure(error)) return error.told;
    throw error;
  }
}

function valueOf({ env: variable }: EnvReference, env: Environment, setting: string, kind: Kind): string {
  const given = env[variable];
  const value = given === undefined ? '' : kind === 'pem' ? pemOf(given) : withoutFinalBreak(given);
  if (value.trim() === '')
    throw new Failure('variableMissing', { variable, empty: given !== undefined, setting });
  const fault = faultOf(kind, value, env);
  if (fault) throw new Failure('variableUnusable', { variable, setting, fault });
  return value;
}

function faultOf(kind: Kind, value: string, env: Environment): TextFault | undefined {
  switch (kind) {
    case 'header':
      return headerFault(value);
    case 'pem':
    case 'json':
      return controlFault(value, '\r\n\t');
    case 'url':
      return urlFault(value, closedHosts(env));
    case 'host':
      return hostFault(value);
    case 'hostKey':
      return hostKeyFault(value);
    case 'secret':
    case 'text':
      return controlFault(value);
  }
}

function closedHosts(env: Environment): string[] {
  return (env[CLOSED_HOSTS] ?? '').split(',').map((host) => host.trim().toLowerCase().replace(/:\d+$/, ''));
}
