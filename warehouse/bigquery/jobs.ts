import { randomUUID } from 'node:crypto';
import { Failure } from '../../contract/failure.ts';
import type { Reader } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { BigqueryError } from './failures.ts';
import type { Field } from './kinds.ts';
import type { Rest } from './rest.ts';
import type { Timeouts } from './waits.ts';

/** How long a call waits on the server for the end of a job, in milliseconds. */
const LONG_POLL = 10_000;

/** Members of https://cloud.google.com/bigquery/docs/reference/rest/v2/Job that we use. */
interface JobAnswer {
  jobReference: { jobId?: string; location?: string };
  configuration: { query?: { destinationTable?: Table } };
  statistics?: {
    totalBytesProcessed?: string;
    rowLevelSecurityStatistics?: { rowLevelSecurityApplied?: boolean };
    query?: { statementType?: string; schema?: { fields?: Field[] } };
  };
}

export interface Table {
  projectId: string;
  datasetId: string;
  tableId: string;
}

/** What is known about a query before it runs. */
export interface Described {
  fields: Field[];
  /** An estimate of the bytes that it processes, which is the most that it can cost. */
  bytes: number;
  /** Where it would run. */
  location: string | undefined;
  /** Policies of a table hide rows from this login. */
  hidesRows: boolean;
}

/** A query that was started. */
export interface Job {
  id: string;
  location: string | undefined;
  /** The anonymous table with its result. */
  table: Table | undefined;
  statement: Statement;
  /** When it started, in milliseconds of `performance.now()`. */
  started: number;
  isDone: boolean;
}

export interface JobSettings {
  project: string;
  /** Of tables that a query names without one: `dataset` or `project.dataset`. */
  dataset?: string;
  location?: string;
  /** In milliseconds. */
  statementTimeout: number;
  maximumBytesBilled?: number;
  reader: Reader;
}

/** Queries as jobs of BigQuery: https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs */
export class Jobs {
  readonly #rest: Rest;
  readonly #settings: JobSettings;
  readonly #timeouts: Timeouts;

  constructor(rest: Rest, settings: JobSettings, timeouts: Timeouts) {
    this.#rest = rest;
    this.#settings = settings;
    this.#timeouts = timeouts;
  }

  /**
   * Checks a query without running it, which is free.
   * @throws Failure SegmentQueryFailed if it is not one SELECT; BigqueryError
   */
  async describe(statement: Statement, signal: AbortSignal): Promise<Described> {
    const asked = this.#rest.json<JobAnswer>({
      method: 'POST',
      path: 'jobs',
      body: {
        jobReference: { projectId: this.#settings.project, location: this.#settings.location },
        configuration: { dryRun: true, ...this.#configuration(statement) },
      },
      signal,
    });
    const answer = await asked.catch((error: unknown) => {
      if (error instanceof BigqueryError) error.isOfDryRun = true;
      throw error;
    });
    const { query, totalBytesProcessed, rowLevelSecurityStatistics } = answer.statistics ?? {};
    if (query?.statementType !== 'SELECT') {
      const condition = query?.statementType === 'SCRIPT' ? 'severalStatements' : 'notSelect';
      const { setting, table } = statement;
      throw new Failure('queryRefused', { setting, table, condition, code: 'BigQuery dry run' });
    }
    return {
      fields: query.schema?.fields ?? [],
      bytes: Number(totalBytesProcessed ?? 0),
      location: answer.jobReference.location ?? this.#settings.location,
      hidesRows: rowLevelSecurityStatistics?.rowLevelSecurityApplied === true,
    };
  }

  /**
   * Prepares a job. Its id is ours, so that a job whose answer was lost is found again, and can be canceled.
   * @param location of the dry run, without which a job is not found outside of US and EU
   */
  prepare(statement: Statement, location: string | undefined): Job {
    const id = `actito_sync_${randomUUID().replaceAll('-', '')}`;
    return { id, location, table: undefined, statement, started: performance.now(), isDone: false };
  }

  /** Starts a job. It sees the data of this moment. */
  async start(job: Job): Promise<void> {
    const { project, statementTimeout, maximumBytesBilled } = this.#settings;
    const { id: jobId, location } = job;
    const { labels, query } = this.#configuration(job.statement);
    const limit = maximumBytesBilled !== undefined && { maximumBytesBilled: String(maximumBytesBilled) };
    const body = {
      jobReference: { projectId: project, jobId, location },
      configuration: { labels, query: { ...query, ...limit }, jobTimeoutMs: String(statementTimeout) },
    };
    const answer = await this.#rest
      .json<JobAnswer>({ method: 'POST', path: 'jobs', body })
      .catch((error: unknown) => {
        const isOurs = error instanceof BigqueryError && error.reason === 'duplicate';
        if (!isOurs) throw error;
        return this.#rest.json<JobAnswer>({ path: `jobs/${jobId}`, parameters: { location } });
      });
    job.location = answer.jobReference.location ?? location;
    job.table = answer.configuration.query?.destinationTable;
  }

  /**
   * Waits until a job has ended, and returns the number of its rows.
   * @throws BigqueryError, also `stopped` if the server did not end it in time
   */
  async wait(job: Job, signal: AbortSignal): Promise<number> {
    const latest = job.started + this.#settings.statementTimeout + this.#timeouts.beyond;
    for (;;) {
      const { jobComplete, totalRows } = await this.#rest.json<{ jobComplete: boolean; totalRows?: string }>({
        path: `queries/${job.id}`,
        parameters: { location: job.location, maxResults: 0, timeoutMs: LONG_POLL },
        signal,
        silence: LONG_POLL + this.#timeouts.answer,
      });
      if (jobComplete) {
        job.isDone = true;
        return Number(totalRows);
      }
      if (performance.now() > latest) {
        throw new BigqueryError({ status: 499, reason: 'stopped', words: 'The job did not end in time.' });
      }
    }
  }

  /** Ends a job on the server, unless it has ended. */
  async cancel({ id, location }: Job): Promise<void> {
    await this.#rest.json({
      method: 'POST',
      path: `jobs/${id}/cancel`,
      parameters: { location },
      body: {},
      signal: AbortSignal.timeout(this.#timeouts.cancel),
    });
  }

  #configuration({ text }: Statement) {
    const { project, dataset, reader } = this.#settings;
    const [datasetId, projectId = project] = (dataset ?? '').split('.').reverse();
    return {
      labels: labelsOf(reader),
      query: {
        query: text,
        useLegacySql: false,
        priority: 'INTERACTIVE',
        ...(datasetId && { defaultDataset: { projectId, datasetId } }),
      },
    };
  }
}

/** Who reads, for the owner of the project: https://cloud.google.com/bigquery/docs/labels-intro#requirements */
function labelsOf(reader: Reader): Record<string, string> {
  const value = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, '-')
      .slice(0, 63);
  return {
    actito_sync_activation: value(reader.activation),
    ...(reader.run !== undefined && { actito_sync_run: value(reader.run) }),
  };
}
