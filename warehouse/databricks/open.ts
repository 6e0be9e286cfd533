import { RestClient } from '../rest/client.ts';
import { openRest } from '../rest/open.ts';
import type { Context } from '../rest/statement.ts';
import { readerName, type Reader, type Warehouse } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import type { Timeouts } from '../timeouts.ts';
import { refusal, statementAnswer } from './answers.ts';
import { authorization, type Login } from './auth.ts';
import { failureOf } from './failures.ts';
import { DatabricksStatement, EXPECTED, PATH } from './running.ts';
import { DATABRICKS } from './statements.ts';

export interface DatabricksSource {
  /** The host of the workspace. */
  host: string;
  login: Login;
  /** The id of the SQL warehouse. */
  warehouse: string;
  catalog?: string;
  schema?: string;
  /** In milliseconds. */
  statementTimeout: number;
  reader: Reader;
}

/**
 * A SQL warehouse of Databricks, by its Statement Execution API. Rows come by links into the store of the workspace.
 * @param options another address of the service, and other timeouts, for tests
 * @see https://docs.databricks.com/api/statement-execution/v1/execute-statement
 */
export function openDatabricks(
  { host, login, warehouse, catalog, schema, statementTimeout, reader }: DatabricksSource,
  options: { origin?: string; timeouts?: Timeouts } = {},
): Warehouse {
  const client = new RestClient(host, options);
  const authorize = authorization(client, login);
  const context: Context = {
    client,
    statementTimeout,
    headers: async () => ({ 'user-agent': 'actito-sync/1', ...(await authorize()) }),
  };
  // the history of queries shows the text, and so who reads
  const comment = `/* ${readerName(reader)} */ `;

  async function submit(own: Statement): Promise<DatabricksStatement> {
    const statement = { ...own, text: comment + own.text, offset: comment.length + own.offset };
    const answer = await client.send({
      method: 'POST',
      url: PATH,
      headers: { ...(await context.headers()), 'content-type': 'application/json' },
      body: JSON.stringify({
        warehouse_id: warehouse,
        statement: statement.text,
        catalog,
        schema,
        disposition: 'EXTERNAL_LINKS',
        format: 'JSON_ARRAY',
        wait_timeout: '0s',
      }),
    });
    const { status } = answer;
    if (status !== 200) {
      const { error_code: code, message } = refusal.safeParse(await client.json(answer)).data ?? {};
      throw failureOf({ status, code, message }, context, statement);
    }
    const accepted = statementAnswer.safeParse(await client.json(answer));
    if (!accepted.success) throw client.unreadable(status, EXPECTED);
    return new DatabricksStatement(context, statement, accepted.data.statement_id);
  }

  return openRest({
    guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'all', tried: false },
    dialect: DATABRICKS,
    quoteColumn: DATABRICKS.quote,
    clock: 'select current_timestamp() as now',
    submit,
    unreadable: () => client.unreadable(200, 'JSON with rows of texts'),
    failure: (error) => client.failure(error),
    close: () => client.close(),
  });
}
