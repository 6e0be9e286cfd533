import type { EnvReference } from '../activation/definition/common.ts';
import { pemOf, withoutFinalBreak } from '../activation/definition/safe-text.ts';
import type { Source } from '../activation/definition/source.ts';
import { Failure } from '../contract/failure.ts';
import { databaseTarget } from '../postgres/url.ts';
import { openBigquery } from './bigquery/open.ts';
import { openClickHouse } from './clickhouse/open.ts';
import { clickhouseTarget } from './clickhouse/url.ts';
import { databricksLogin } from './databricks/auth.ts';
import { openDatabricks } from './databricks/open.ts';
import { openDuckdb, type Place } from './duckdb/open.ts';
import { openMysql } from './mysql/open.ts';
import { mysqlTarget } from './mysql/url.ts';
import { openPostgres } from './postgres/open.ts';
import { openRedshift } from './redshift/open.ts';
import { snowflakeLogin } from './snowflake/auth.ts';
import { openSnowflake } from './snowflake/open.ts';
import type { Reader, SecretOf, Warehouse } from './source.ts';
import { openSqlServer } from './sqlserver/open.ts';
import { openTrino } from './trino/open.ts';
import { trinoTarget } from './trino/url.ts';

/**
 * Opens the warehouse of a source for one read, with the configured driver. A driver loads its library when it opens.
 * @param env the environment with the secrets that the source names
 * @param projectFolder what paths in the source are relative to
 * @throws Failure ConfigurationInvalid (a missing secret or library, login refused), SourceUnavailable
 */
export async function openWarehouse(
  source: Source,
  env: NodeJS.ProcessEnv,
  reader: Reader,
  projectFolder = '.',
): Promise<Warehouse> {
  const { statementTimeout } = source;
  const secret: SecretOf = (name, reference) => valueOf(`connection.${name}`, reference, env);
  switch (source.driver) {
    case 'postgres':
      return openPostgres({ ...urlOf(source.connection, env), statementTimeout, reader });
    case 'redshift':
      return openRedshift({ ...urlOf(source.connection, env), iam: source.iam, statementTimeout, reader });
    case 'sqlserver': {
      const { password, ca, ...target } = source.connection;
      const secrets = { password: secret('password', password), ca: ca && secret('ca', ca) };
      return openSqlServer({ ...target, ...secrets, statementTimeout, reader });
    }
    case 'snowflake': {
      const { connection } = source;
      const login = snowflakeLogin(connection, secret);
      return openSnowflake({ ...connection, login, statementTimeout, reader });
    }
    case 'databricks': {
      const { connection } = source;
      const login = databricksLogin(connection, secret);
      return openDatabricks({ ...connection, login, statementTimeout, reader });
    }
    case 'duckdb':
      return openDuckdb({ ...source, place: placeOf(source.connection, secret), projectFolder, reader });
    case 'clickhouse':
      return openClickHouse({ ...urlOf(source.connection, env), statementTimeout, reader });
    case 'trino':
      return openTrino({ ...urlOf(source.connection, env), statementTimeout, reader });
    case 'mysql':
      return openMysql({ ...urlOf(source.connection, env), statementTimeout, reader });
    case 'bigquery': {
      const { connection, maximumBytesBilled } = source;
      const { credentials: reference } = connection;
      const credentials = reference && {
        variable: reference.env,
        text: secret('credentials', reference),
      };
      return openBigquery({ ...connection, credentials, maximumBytesBilled, statementTimeout, reader });
    }
  }
}

/**
 * Parses the connection URL of a source, if it has one, as {@link openWarehouse} does. Connects to nothing.
 * @throws Failure ConfigurationInvalid (a missing secret, or a URL that cannot be used), which quotes nothing of the URL
 */
export function checkUrl({ driver, connection }: Source, env: NodeJS.ProcessEnv): void {
  const parse = PARSERS[driver];
  if (!parse || !('env' in connection)) return;
  const { url, variable } = urlOf(connection, env);
  parse(url, variable);
}

/** The parsers of connection URLs, by driver. */
const PARSERS: Partial<Record<Source['driver'], (url: string, variable: string) => unknown>> = {
  postgres: databaseTarget,
  redshift: databaseTarget,
  mysql: mysqlTarget,
  clickhouse: clickhouseTarget,
  trino: trinoTarget,
};

type DuckdbConnection = Extract<Source, { driver: 'duckdb' }>['connection'];

function placeOf({ file, folder, motherduck, token }: DuckdbConnection, secret: SecretOf): Place {
  if (file !== undefined) return { file };
  if (folder !== undefined) return { folder };
  return { motherduck: motherduck!, token: secret('token', token!) };
}

/** The connection URL in an environment variable. */
function urlOf(reference: EnvReference, env: NodeJS.ProcessEnv): { url: string; variable: string } {
  return { url: valueOf('connection', reference, env), variable: reference.env };
}

/** Settings in PEM, whose line breaks can be written as `\n`. */
const PEM = ['connection.privateKey', 'connection.ca'];

/**
 * The value of an environment variable. Errors contain its name, never its value.
 * @param setting the setting that names the variable, such as `connection.password`
 */
function valueOf(setting: string, { env: variable }: EnvReference, env: NodeJS.ProcessEnv): string {
  const given = env[variable];
  const value = (PEM.includes(setting) ? pemOf : withoutFinalBreak)(given ?? '');
  if (value.trim() !== '') return value;
  throw new Failure('variableMissing', { variable, empty: given !== undefined, setting });
}
