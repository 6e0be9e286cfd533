import { controlFault, withoutFinalBreak } from '../activation/definition/safe-text.ts';
import { Failure } from '../contract/failure.ts';
import type { Environment } from './secrets.ts';

/**
 * The environment for Temporal's own client: its variables without the line break at their end, checked like ours. The names
 * and meanings are Temporal's; certificates and keys in PEM may have several lines.
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
