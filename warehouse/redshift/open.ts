import type { QueryArrayConfig } from 'pg';
import type { RedshiftIam } from '../../activation/definition/sources/redshift.ts';
import { Failure } from '../../contract/failure.ts';
import type { FactsOf } from '../../contract/messages/catalogue.ts';
import type { PostgresClient } from '../../postgres/client.ts';
import { databaseTarget } from '../../postgres/url.ts';
import { pickColumns } from '../columns.ts';
import { failuresOf } from '../postgres/failures.ts';
import { cancelBackend, connect, type Session } from '../postgres/session.ts';
import { warehouseOf, type Lines } from '../reading.ts';
import type { UrlSource, Warehouse } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { valueText } from '../copy/values.ts';
import { TIMEOUTS } from '../timeouts.ts';
import { temporaryLogin } from './iam.ts';
import { columnOf, type RedshiftColumn } from './kinds.ts';
import { RowLines } from './lines.ts';
import { beginReading } from './session.ts';
import { describeStatement, lookStatement, readStatement } from './statements.ts';
import { RowStream } from './stream.ts';

/** A node of a plan. https://docs.aws.amazon.com/redshift/latest/dg/r_EXPLAIN.html#r_EXPLAIN-RLS */
const SECURED = /^[\s>-]*(?:XN )?(?:RLS|LF) SecureScan /;

/**
 * Amazon Redshift as a warehouse, by PostgreSQL's protocol. A segment is read by a plain query in one read-only
 * transaction, so from one snapshot.
 * @throws Failure ConfigurationInvalid (invalid URL or refused login), SourceUnavailable
 */
export async function openRedshift(
  source: UrlSource & { iam?: RedshiftIam },
  timeouts = TIMEOUTS,
): Promise<Warehouse> {
  const { variable, statementTimeout } = source;
  let session: Session | undefined;
  const failures = failuresOf(source, () => session);
  const written = databaseTarget(source.url, variable);
  const target = source.iam ? { ...written, ...(await temporaryLogin(source.iam, written)) } : written;
  const { short } = timeouts;
  const client = await connect(target, failures, timeouts.connect, source.reader);
  const long = statementTimeout + timeouts.beyond;
  let isReading = false;

  /** Begins the transaction that all statements use, unless it has begun. */
  async function begin(): Promise<void> {
    session ??= await client.within(short, beginReading(client, source));
    isReading = true;
  }

  /** Runs a statement with the extended protocol, which accepts only one. */
  async function ask(statement: Statement) {
    const { fields, rows } = await client.within(long, client.query(asText(statement)));
    return { columns: fields.map(columnOf), row: (rows as unknown as (string | null)[][])[0] };
  }

  /**
   * Whether a policy of row-level security, of Redshift or of Lake Formation, applies to a table of the statement. Without
   * an answer, nothing is read: an error ends the transaction, and another one would not have the snapshot of the guards.
   */
  async function hidesRows(statement: Statement, translate: (error: unknown) => never): Promise<boolean> {
    const explain = asText({ ...statement, text: `explain ${statement.text}` });
    const plan = await client.within(long, client.query(explain)).catch(translate).catch(uncheckedFailure);
    return (plan.rows as unknown as [string][]).some(([line]) => SECURED.test(line));
  }

  return warehouseOf({
    guarantees: { snapshot: 'transaction', readOnly: 'server', errorPosition: 'syntax', tried: false },
    failures,
    async look({ query, setting }, translator) {
      await begin().catch(translator());
      const statement = lookStatement(query, setting);
      const { columns, row } = await ask(statement).catch(translator(statement));
      const { kind } = columns[0]!;
      const value = row?.[0] ?? null;
      return { found: row !== undefined, kind, value: value === null ? null : valueText(value, kind) };
    },
    async clock(translator) {
      await begin().catch(translator());
      // Of the statement, and in the time zone of the session, which is UTC:
      // https://docs.aws.amazon.com/redshift/latest/dg/r_GETDATE.html
      const now = client.query<{ now: string }>('select cast(getdate() as varchar) as now');
      const { rows } = await client.within(short, now).catch(translator());
      return Date.parse(`${rows[0]!.now.replace(' ', 'T')}Z`);
    },
    async read({ segment, columns: requested }, translator) {
      await begin().catch(translator());
      const described = describeStatement(segment);
      const offered = await ask(described).catch(translator(described));
      const columns = pickColumns(requested, offered.columns);
      const statement = readStatement(segment, columns);
      const restrictedRows = await hidesRows(statement, translator(statement));
      async function* lines(): Lines {
        const rows = yield* linesOf(client, statement, { columns, short, long });
        isReading = false;
        return rows;
      }

      return { columns, statement, lines: lines(), restrictedRows };
    },
    async close() {
      if (isReading && session) await cancelBackend(target, session.pid, short);
      await client.end(); // in the middle of a statement it ends the connection
    },
  });
}

/** An error of EXPLAIN is none of the query, which was described before. */
function uncheckedFailure(error: unknown): never {
  if (!(error instanceof Failure) || error.told.reason !== 'queryFailed') throw error;
  const { sqlstate } = error.told.facts as FactsOf<'queryFailed'>;
  throw new Failure('rowSecurityUnchecked', { sqlstate }, { words: error.words?.open() });
}

/** Rows as arrays of the server's own texts, by the extended protocol (an option that pg's types lack). */
function asText({ text }: Statement): QueryArrayConfig {
  const config = { text, queryMode: 'extended', rowMode: 'array' } as QueryArrayConfig;
  return { ...config, types: { getTypeParser: () => (value: string) => value } };
}

/** Reads a segment, yields whole lines, ends the transaction, and returns the server's count of rows. */
async function* linesOf(
  client: PostgresClient,
  { text }: Statement,
  { columns, short, long }: { columns: RedshiftColumn[]; short: number; long: number },
): Lines {
  const lines = new RowLines(columns.map(({ spelling }) => spelling));
  const stream = client.query(new RowStream(text, lines));
  const next = () => client.within(long, stream.next());
  for (let batch = await next(); batch; batch = await next()) yield batch;
  const rows = stream.rows();
  const { command } = await client.within(short, client.query('commit'));
  if (command !== 'COMMIT') throw new Failure('segmentIncomplete', {});
  return rows;
}
