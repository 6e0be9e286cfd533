import { controlFault, withoutFinalBreak } from '../activation/definition/safe-text.ts';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { Failure } from '../contract/failure.ts';
import { codeOf } from '../contract/foreign.ts';
import type { Environment } from './secrets.ts';

/**
 * Returns the environment for Temporal's own client: its variables without the line break at their end, checked like
 * ours. Names and meanings are Temporal's; certificates and keys in PEM may have several lines.
 * @throws Failure ConfigurationInvalid, which names the variable and never its value
 */
export function temporalVariables(env: Environment): Record<string, string | undefined> {
  const checked = Object.entries(env).map(([variable, value]) => {
    if (value === undefined || !variable.startsWith('TEMPORAL_')) return [variable, value];
    const text = withoutFinalBreak(value);
    const fault = controlFault(text, variable.endsWith('_DATA') ? '\r\n\t' : '');
    if (fault)
      throw new Failure('variableUnusable', { variable, setting: 'the connection to Temporal', fault });
    return [variable, text];
  });
  return Object.fromEntries(checked) as Record<string, string | undefined>;
}

/**
 * Returns the connection settings of Temporal, from the variables of its own CLI (`TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, TLS …) and its configuration file.
 * @throws Failure ConfigurationInvalid if they are not usable
 */
export function temporalSettings(env: Environment): ClientConnectConfig {
  const overrideEnvVars = temporalVariables(env) as Record<string, string>;
  try {
    return loadClientConnectConfig({ overrideEnvVars });
  } catch (error) {
    // The messages of its parser may quote the file, which may contain an API key.
    throw new Failure('temporalSettingsUnusable', { kind: codeOf(error) });
  }
}
