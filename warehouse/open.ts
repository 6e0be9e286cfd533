import type { Source } from '../activation/definition/source.ts';
import { withoutFinalBreak } from '../activation/definition/safe-text.ts';
import { Failure } from '../contract/failure.ts';
import { openPostgres } from './postgres/open.ts';
import type { Warehouse } from './source.ts';

/**
 * Opens the warehouse of a source for one read, with the configured driver.
 * @param secrets the environment with the connection URL
 * @throws Failure ConfigurationInvalid (no usable URL, login refused), SourceUnavailable
 */
export async function openWarehouse(source: Source, secrets: NodeJS.ProcessEnv): Promise<Warehouse> {
  const variable = source.connection.env;
  const url = withoutFinalBreak(secrets[variable] ?? '');
  if (!url) {
    throw new Failure('warehouseNotConfigured', { variable });
  }
  return await openPostgres({ url, variable, statementTimeout: source.statementTimeout });
}
