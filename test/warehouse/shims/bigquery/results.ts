import { setTimeout as delay } from 'node:timers/promises';
import { rowOf, type TimestampFormat } from './cells.ts';
import type { Engine } from './engine.ts';
import { ApiError } from './errors.ts';
import { takeOnce, type Faults } from './faults.ts';
import type { Job } from './jobs.ts';
import type { Settings } from './settings.ts';

/** https://cloud.google.com/bigquery/docs/paging-results: "jobs.getQueryResults can return 20 MB of data". */
const PAGE_BYTES = 20 * 1024 * 1024;

/** A page of results as JSON; `cut` if its connection must break in the middle. */
interface Page {
  json: string;
  cut: boolean;
}

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults */
export async function queryResults(
  job: Job,
  query: URLSearchParams,
  context: { engine: Engine; faults: Faults; settings: Settings },
): Promise<Page> {
  const { engine, faults, settings } = context;
  const { project, location } = settings;
  const head = {
    kind: 'bigquery#getQueryResultsResponse',
    jobReference: { projectId: project, jobId: job.id, location },
  };
  const waiting = new AbortController();
  const patience = delay(Number(query.get('timeoutMs') ?? 10_000), undefined, waiting).catch(() => undefined);
  await Promise.race([job.done, patience]);
  waiting.abort();
  if (job.state !== 'DONE') return { json: JSON.stringify({ ...head, jobComplete: false }), cut: false };
  if (job.error) throw job.error;
  const { fields, rows: total, affected } = job.finished!;
  const processed = String(settings.bytesProcessed);
  const done = { ...head, totalBytesProcessed: processed, jobComplete: true, cacheHit: false };
  if (fields === undefined) {
    const told = affected === undefined ? done : { ...done, numDmlAffectedRows: String(affected) };
    return { json: JSON.stringify(told), cut: false };
  }
  const from = firstRow(job, query, faults);
  const most = Math.min(Number(query.get('maxResults') ?? settings.pageRows), settings.pageRows);
  const values = await engine.read(job.destination, from, Math.min(total, from + most));
  const rows: string[] = [];
  let bytes = 0;
  const format = timestampFormat(query);
  for (const row of values) {
    const json = JSON.stringify(rowOf(fields, row, format));
    bytes += Buffer.byteLength(json);
    if (bytes > PAGE_BYTES && rows.length > 0) break;
    rows.push(json);
  }
  const next = from + rows.length;
  const body = {
    ...done,
    schema: { fields },
    totalRows: String(total + (faults.totalRowsDelta ?? 0)),
    ...(next < total && { pageToken: tokenOf(job, next) }),
  };
  const cut = faults.cutAfterRows !== undefined && next > faults.cutAfterRows;
  if (cut) takeOnce(faults, 'cutAfterRows');
  const json = JSON.stringify(body);
  return { json: rows.length === 0 ? json : `${json.slice(0, -1)},"rows":[${rows.join(',')}]}`, cut };
}

function timestampFormat(query: URLSearchParams): TimestampFormat {
  const format = query.get('formatOptions.timestampOutputFormat');
  if (format === 'INT64' || format === 'ISO8601_STRING' || format === 'FLOAT64') return format;
  return query.get('formatOptions.useInt64Timestamp') === 'true' ? 'INT64' : 'FLOAT64';
}

function tokenOf(job: Job, index: number): string {
  return Buffer.from(`${job.id} ${index}`).toString('base64url');
}

function firstRow(job: Job, query: URLSearchParams, faults: Faults): number {
  const token = query.get('pageToken');
  if (token === null) return Number(query.get('startIndex') ?? 0);
  const [id, index] = Buffer.from(token, 'base64url').toString().split(' ');
  if (id !== job.id || takeOnce(faults, 'expiredPageToken') === true) {
    throw new ApiError({ reason: 'invalid', location: 'pageToken', message: `Invalid page token: ${token}` });
  }
  return Number(index);
}
