import { randomUUID } from 'node:crypto';
import { RestClient } from '../rest/client.ts';
import { openRest } from '../rest/open.ts';
import type { Context } from '../rest/statement.ts';
import { readerName, type Reader, type Warehouse } from '../source.ts';
import { quoted, type Statement } from '../sql/statements.ts';
import type { Timeouts } from '../timeouts.ts';
import { accepted, refusal } from './answers.ts';
import { authorization, type Login } from './auth.ts';
import { FORMATS } from './kinds.ts';
import { failureOf } from './failures.ts';
import { EXPECTED, SnowflakeStatement } from './running.ts';
import { SNOWFLAKE } from './statements.ts';

/** The service's longest timeout, in seconds. */
const LONGEST_TIMEOUT = 604_800;

export interface SnowflakeSource {
  account: string;
  /** The name of the server; undefined: the one of the account. */
  host?: string;
  login: Login;
  role?: string;
  warehouse: string;
  database?: string;
  schema?: string;
  /** In milliseconds. */
  statementTimeout: number;
  reader: Reader;
}

/**
 * Snowflake as a warehouse, by its SQL API.
 * @param options another address of the service, and other timeouts, for tests
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/reference
 * @throws Failure ConfigurationInvalid (the private key cannot be used)
 */
export function openSnowflake(
  { account, host, login, role, warehouse, database, schema, statementTimeout, reader }: SnowflakeSource,
  options: { origin?: string; timeouts?: Timeouts } = {},
): Warehouse {
  const client = new RestClient(host ?? hostOf(account), options);
  const authorize = authorization(account, client.host, login);
  const context: Context = {
    client,
    statementTimeout,
    headers: async () => ({ accept: 'application/json', 'user-agent': 'actito-sync/1', ...authorize() }),
  };
  const settings = {
    timeout: Math.min(Math.ceil(statementTimeout / 1_000), LONGEST_TIMEOUT),
    warehouse,
    role,
    database,
    schema,
    parameters: {
      ...FORMATS,
      QUERY_TAG: readerName(reader),
      MULTI_STATEMENT_COUNT: '1',
      ROWS_PER_RESULTSET: 0, // otherwise a limit of the user or the account leaves rows out without an error
    },
  };

  /** The request's id makes the service take a repeated call for the same one. */
  async function submit(statement: Statement): Promise<SnowflakeStatement> {
    const answer = await client.send({
      method: 'POST',
      url: `/api/v2/statements?async=true&requestId=${randomUUID()}`,
      again: '&retry=true',
      headers: { ...(await context.headers()), 'content-type': 'application/json' },
      body: JSON.stringify({ statement: statement.text, ...settings }),
    });
    const { status } = answer;
    if (status !== 200 && status !== 202) {
      const said = refusal.safeParse(await client.json(answer));
      throw failureOf({ status, ...said.data }, context, statement);
    }
    const own = accepted.safeParse(await client.json(answer));
    if (!own.success) throw client.unreadable(status, EXPECTED);
    return new SnowflakeStatement(context, statement, own.data.statementHandle);
  }

  return openRest({
    guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'syntax', tried: false },
    dialect: SNOWFLAKE,
    quoteColumn: (name) => quoted(name, '"'),
    clock: 'select current_timestamp() as now',
    submit,
    unreadable: () => client.unreadable(200, EXPECTED),
    failure: (error) => client.failure(error),
    close: () => client.close(),
  });
}

/** The names of hosts have no underscores. */
function hostOf(account: string): string {
  return `${account.toLowerCase().replaceAll('_', '-')}.snowflakecomputing.com`;
}
