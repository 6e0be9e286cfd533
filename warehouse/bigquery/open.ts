import { Failure } from '../../contract/failure.ts';
import { pickColumns } from '../columns.ts';
import { warehouseOf, type Lines, type Translator } from '../reading.ts';
import type { Warehouse } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { tokenSource } from './credentials.ts';
import { failuresOf } from './failures.ts';
import { Jobs, type Described, type Job, type JobSettings } from './jobs.ts';
import { answerText, columnOf, type Field } from './kinds.ts';
import { Rest } from './rest.ts';
import { readPages } from './results.ts';
import { CLOCK, describeStatement, lookStatement, readStatement } from './statements.ts';
import { Storage, type StoragePlace } from './storage.ts';
import { TIMEOUTS, type Timeouts } from './waits.ts';

/** Where BigQuery is. */
export interface Places {
  /** The REST API. */
  url: string;
  storage?: StoragePlace;
  /** `rest` does not use the Storage Read API, even if its library is installed. */
  rows: 'storage' | 'rest';
}
const GOOGLE: Places = { url: 'https://bigquery.googleapis.com', rows: 'storage' };

export interface BigqueryOptions extends JobSettings {
  /** The environment variable with credentials, and its content; undefined: Application Default Credentials. */
  credentials?: { variable: string; text: string };
}

/**
 * BigQuery as a warehouse. Each query is a job; the rows of a segment come from the anonymous table with its result.
 * @throws Failure ConfigurationInvalid (credentials or library)
 */
export async function openBigquery(
  options: BigqueryOptions,
  places: Places = GOOGLE,
  timeouts: Timeouts = TIMEOUTS,
): Promise<Warehouse> {
  const connection = `BigQuery, project ${options.project}`;
  const failures = failuresOf({ ...options, connection });
  const rest = new Rest(places.url, options.project, timeouts);
  const { project, credentials, maximumBytesBilled } = options;
  const { dispatcher } = rest;
  const tokens = await tokenSource({ connection, project, credentials, dispatcher, timeouts });
  rest.login(tokens);
  const jobs = new Jobs(rest, options, timeouts);
  const ended = new AbortController();
  let storage: Storage | undefined;
  let current: { job: Job; started: Promise<unknown> } | undefined;

  /** Cancels the job on the server, once it is known whether it was started. */
  async function endJob(): Promise<void> {
    if (!current || current.job.isDone) return;
    await current.started.catch(() => undefined); // an answer that was lost may have started it
    await jobs.cancel(current.job);
  }

  /** @throws Failure SegmentQueryFailed if a query would process more bytes than allowed */
  function checkBytes({ bytes }: Described, { setting, table }: Statement): void {
    if (maximumBytesBilled === undefined || bytes <= maximumBytesBilled) return;
    throw new Failure('queryTooLarge', { setting, table, bytes, limit: maximumBytesBilled });
  }

  function start(job: Job): Promise<void> {
    const started = jobs.start(job);
    current = { job, started };
    return started;
  }

  /** Runs a query of at most one row, and returns the first column. */
  async function ask(statement: Statement, translator: Translator): Promise<{ field: Field; row?: unknown }> {
    const described = await jobs.describe(statement, ended.signal).catch(translator(statement));
    checkBytes(described, statement);
    const job = jobs.prepare(statement, described.location);
    const field = described.fields[0]!;
    const translate = translator(statement);
    return (async () => {
      await start(job);
      const told = await jobs.wait(job, ended.signal);
      const { rows = [] } = await rest.json<{ rows?: { f: { v: unknown }[] }[] }>({
        path: `queries/${job.id}`,
        parameters: { location: job.location, maxResults: 1, 'formatOptions.useInt64Timestamp': 'true' },
        signal: ended.signal,
      });
      // an assertion holds if there is no row, so none may be missing
      if (rows.length !== told) throw new Failure('segmentIncomplete', {});
      return rows[0] ? { field, row: rows[0].f[0]!.v } : { field };
    })().catch(translate);
  }

  /** Yields the rows of a job that has ended; returns their number. */
  async function* rowsOf(job: Job, told: number, fields: readonly Field[]): Lines {
    if (told === 0) return 0;
    if (places.rows === 'storage' && job.table) {
      const settings = { project, tokens, silence: timeouts.answer, signal: ended.signal };
      storage = await Storage.open({ ...settings, place: places.storage });
      ended.signal.throwIfAborted();
      if (storage) return yield* storage.read(job.table, fields);
    }
    return yield* readPages(rest, job, fields, ended.signal);
  }

  return warehouseOf({
    guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'syntax', tried: false },
    failures,
    async look({ query, setting }, translator) {
      const { field, row } = await ask(lookStatement(query, setting), translator);
      const { kind } = columnOf(field);
      return { found: row !== undefined, kind, value: answerText(field, row) };
    },
    async clock(translator) {
      return Number((await ask(CLOCK, translator)).row) / 1000; // it is in microseconds
    },
    async read({ segment, columns: requested }, translator) {
      const whole = describeStatement(segment);
      const described = await jobs.describe(whole, ended.signal).catch(translator(whole));
      const fields = pickColumns(requested, described.fields);
      const statement = readStatement(segment, fields);
      if (maximumBytesBilled !== undefined && described.bytes > maximumBytesBilled) {
        // not all columns may be requested
        checkBytes(await jobs.describe(statement, ended.signal).catch(translator(statement)), statement);
      }
      async function* lines(): Lines {
        // not before: who only asks for the columns must not pay for the rows
        const job = jobs.prepare(statement, described.location);
        await start(job);
        const told = await jobs.wait(job, ended.signal);
        if ((yield* rowsOf(job, told, fields)) !== told) throw new Failure('segmentIncomplete', {});
        return told;
      }

      return {
        columns: fields.map(columnOf),
        statement,
        lines: lines(),
        restrictedRows: described.hidesRows,
      };
    },
    async close() {
      ended.abort(new Error('The warehouse is closed.'));
      await endJob().catch(() => undefined); // it ends by its own timeout
      await storage?.close();
      await rest.close();
    },
  });
}
