import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine, Finished, Running, TableReference } from './engine.ts';
import { ApiError, type ErrorProto } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Settings } from './settings.ts';

/** The parts of https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfiguration that the shim reads. */
export interface Configuration {
  dryRun?: boolean;
  jobTimeoutMs?: string | number;
  labels?: Record<string, string>;
  query?: {
    query?: string;
    useLegacySql?: boolean;
    maximumBytesBilled?: string | number;
    destinationTable?: TableReference;
    defaultDataset?: { datasetId: string };
    priority?: string;
  };
}

/** The bytes billed at least: https://cloud.google.com/bigquery/pricing, 10 MB for each table of a query. */
const LEAST_BILLED = 10 * 1024 * 1024;

/** A query job. */
export class Job {
  readonly id: string;
  readonly configuration: Configuration;
  readonly destination: TableReference;
  readonly created = Date.now();
  state: 'PENDING' | 'RUNNING' | 'DONE' = 'PENDING';
  started?: number;
  ended?: number;
  error?: ApiError;
  finished?: Finished;
  /** Settles when the job is DONE; never rejects. */
  done: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();
  #running?: Running;

  constructor(id: string, configuration: Configuration, destination: TableReference) {
    this.id = id;
    this.configuration = configuration;
    this.destination = destination;
  }

  /** Stops the query; the job becomes DONE a little later. */
  stop(message: string): void {
    if (this.state !== 'DONE') this.#stop.abort(new ApiError({ reason: 'stopped', message }));
  }

  /** Runs the query, then applies the faults to its result. */
  run(engine: Engine, faults: Faults, settings: Settings): void {
    const { jobTimeoutMs } = this.configuration;
    const limit = Number(jobTimeoutMs ?? 0);
    const late = `Job execution was cancelled: Job timed out after ${Math.ceil(limit / 1000)} sec`;
    const timer = limit > 0 ? setTimeout(() => this.stop(late), Math.min(limit, 2 ** 31 - 1)) : undefined;
    this.done = this.#execute(engine, faults, settings)
      .catch((error: unknown) => {
        const internal = new ApiError({ reason: 'internalError', message: String(error) });
        this.error = error instanceof ApiError ? error : internal;
      })
      .finally(() => {
        clearTimeout(timer);
        this.state = 'DONE';
        this.ended = Date.now();
      });
  }

  async #execute(engine: Engine, faults: Faults, settings: Settings): Promise<void> {
    const { query = '', defaultDataset, maximumBytesBilled } = this.configuration.query!;
    const { signal } = this.#stop;
    this.state = 'RUNNING';
    this.started = Date.now();
    const billed = Math.max(LEAST_BILLED, settings.bytesProcessed);
    if (maximumBytesBilled !== undefined && Number(maximumBytesBilled) < billed) {
      const message = `Query exceeded limit for bytes billed: ${maximumBytesBilled}. ${billed} or higher required.`;
      throw new ApiError({ reason: 'bytesBilledLimitExceeded', message });
    }
    await delay(faults.slowMs ?? 0, undefined, { signal }).catch(() => signal.throwIfAborted());
    this.#running = engine.start(query, this.destination, defaultDataset?.datasetId);
    // DuckDB forgets an interrupt that comes before the statement: it is repeated until the statement ends.
    const watch = setInterval(() => signal.aborted && this.#running!.interrupt(), 20);
    try {
      const finished = await this.#running.finished;
      signal.throwIfAborted();
      if (faults.valueErrorAtRow !== undefined && finished.rows >= faults.valueErrorAtRow) {
        throw new ApiError({ reason: 'invalidQuery', location: 'query', message: 'Bad int64 value: x' });
      }
      this.finished = finished;
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearInterval(watch);
    }
  }
}

/** All jobs of the shim. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #engine: Engine;
  readonly #faults: Faults;
  readonly #settings: Settings;
  /** https://cloud.google.com/bigquery/docs/cached-results: results go to a table of a hidden dataset. */
  readonly #anonymousDataset = `_${randomBytes(20).toString('hex')}`;

  constructor(engine: Engine, faults: Faults, settings: Settings) {
    this.#engine = engine;
    this.#faults = faults;
    this.#settings = settings;
  }

  /** How many queries run. */
  running(): number {
    return [...this.#jobs.values()].filter(({ state }) => state === 'RUNNING').length;
  }

  /** Starts a job; for a dry run, only describes it. Rejects with an ApiError. */
  async insert(configuration: Configuration, jobId: string | undefined) {
    const { query, useLegacySql, destinationTable, defaultDataset } = configuration.query ?? {};
    if (query === undefined) throw invalid('Required parameter is missing: query');
    // https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfigurationQuery: the default is legacy SQL
    if (useLegacySql !== false) throw invalid('The shim speaks GoogleSQL only: set useLegacySql to false.');
    const id = jobId ?? randomUUID();
    if (!/^[\w-]{1,1024}$/.test(id)) throw invalid(`Invalid job ID "${id}".`);
    const { project, location } = this.#settings;
    if (this.#jobs.has(id)) {
      throw new ApiError({
        reason: 'duplicate',
        message: `Already Exists: Job ${project}:${location}.${id}`,
      });
    }
    const anonymous = {
      projectId: project,
      datasetId: this.#anonymousDataset,
      tableId: `anon${randomBytes(32).toString('hex')}`,
    };
    const job = new Job(id, configuration, destinationTable ?? anonymous);
    const early = configuration.dryRun === true || !this.#settings.lateErrors;
    const described = early ? await this.#engine.describe(query, defaultDataset?.datasetId) : undefined;
    if (configuration.dryRun === true) return { job, dryRun: described! };
    if (this.#settings.readOnlyRole && described && !/^(SELECT|SCRIPT)$/.test(described.statementType)) {
      const message = `Access Denied: Project ${project}: User does not have permission to write.`;
      throw new ApiError({ reason: 'accessDenied', message });
    }
    this.#jobs.set(id, job);
    job.run(this.#engine, this.#faults, this.#settings);
    return { job };
  }

  /** Finds a job. Outside of US and EU, its location must be named. Throws notFound. */
  get(id: string, location: string | null): Job {
    const { project, location: own } = this.#settings;
    const found = this.#jobs.get(id);
    const asked = location ?? (own === 'US' || own === 'EU' ? own : undefined);
    if (found !== undefined && asked?.toLowerCase() === own.toLowerCase()) return found;
    throw new ApiError({ reason: 'notFound', message: `Not found: Job ${project}:${id}` });
  }

  /** Ends all that runs. */
  async close(): Promise<void> {
    for (const job of this.#jobs.values()) job.stop('The shim was closed');
    await Promise.all([...this.#jobs.values()].map(({ done }) => done));
  }
}

function invalid(message: string): ApiError {
  const proto: ErrorProto = { reason: 'invalid', message };
  return new ApiError(proto);
}
