import type { EnvReference } from '../activation/definition/common.ts';
import { withoutFinalBreak } from '../activation/definition/safe-text.ts';
import type { Source } from '../activation/definition/source.ts';
import { Failure } from '../contract/failure.ts';
import { openPostgres } from './postgres/open.ts';
import { snowflakeLogin } from './snowflake/auth.ts';
import { openSnowflake } from './snowflake/open.ts';
import type { Reader, Warehouse } from './source.ts';

/**
 * Opens the warehouse of a source for one read, with the configured driver. Drivers whose library is optional are
 * loaded here, on demand.
 * @param env the environment with the secrets that the source names
 * @throws Failure ConfigurationInvalid (a missing secret or library, login refused), SourceUnavailable
 */
export async function openWarehouse(
  source: Source,
  env: NodeJS.ProcessEnv,
  reader: Reader,
): Promise<Warehouse> {
  const { statementTimeout } = source;
  switch (source.driver) {
    case 'postgres':
      return openPostgres({ ...urlOf(source.connection, env), statementTimeout, reader });
    case 'snowflake': {
      const { connection } = source;
      const login = snowflakeLogin(connection, (variable) => secretOf(variable, env));
      return openSnowflake({ ...connection, login, statementTimeout, reader });
    }
  }
}

/** The connection URL in an environment variable. Errors contain the variable's name, never its value. */
function urlOf({ env: variable }: EnvReference, env: NodeJS.ProcessEnv): { url: string; variable: string } {
  const url = withoutFinalBreak(env[variable] ?? '');
  if (!url) throw new Failure('warehouseNotConfigured', { variable });
  return { url, variable };
}

/** A secret in an environment variable. Errors contain the variable's name, never its value. */
function secretOf({ env: variable }: EnvReference, env: NodeJS.ProcessEnv): string {
  const secret = withoutFinalBreak(env[variable] ?? '');
  if (!secret) throw new Failure('sourceSecretMissing', { variable });
  return secret;
}
