import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Engine } from './engine.ts';
import { ApiError } from './errors.ts';
import { takeOnce, type Faults } from './faults.ts';
import type { Configuration, Jobs } from './jobs.ts';
import { dryRunResource, jobResource } from './resources.ts';
import { queryResults } from './results.ts';
import type { Settings } from './settings.ts';
import type { Tokens } from './tokens.ts';

/** A call that the shim received. */
export interface Request {
  method: string;
  path: string;
  query: Record<string, string>;
  body?: unknown;
}

/** What the parts of the shim share. */
export interface Context {
  engine: Engine;
  jobs: Jobs;
  tokens: () => Tokens;
  faults: Faults;
  settings: Settings;
  requests: Request[];
}

/** The REST API and the token endpoint. It answers each call with JSON, errors included. */
export function restServer(context: Context): Server {
  return createServer((request, response) => {
    answer(context, request, response).catch((error: unknown) => {
      const told = error instanceof ApiError ? error : undefined;
      const internal = new ApiError({ reason: 'internalError', message: String(error) });
      send(request, response, (told ?? internal).code, JSON.stringify((told ?? internal).body()));
    });
  });
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, 'http://shim');
  const method = request.method!;
  const text = await bodyOf(request);
  if (method === 'POST' && url.pathname === '/token') {
    context.requests.push({ method, path: url.pathname, query: {} });
    const { status, body } = context.tokens().exchange(new URLSearchParams(text));
    return send(request, response, status, JSON.stringify(body));
  }
  const body = text === '' ? undefined : (JSON.parse(text) as { jobReference?: { jobId?: string } });
  context.requests.push({ method, path: url.pathname, query: Object.fromEntries(url.searchParams), body });
  refuse(context, request, response);
  const { jobs, settings } = context;
  const path = new RegExp(
    `^/bigquery/v2/projects/${settings.project}/(jobs|queries)(?:/([^/]+))?(/cancel)?$`,
  );
  const [, collection, encoded, cancel] = path.exec(url.pathname) ?? [];
  const id = encoded === undefined ? undefined : decodeURIComponent(encoded);
  const location = url.searchParams.get('location');
  if (method === 'POST' && collection === 'jobs' && id === undefined) {
    const { configuration = {} } = (body ?? {}) as { configuration?: Configuration };
    const { job, dryRun } = await jobs.insert(configuration, body?.jobReference?.jobId);
    const resource = dryRun ? dryRunResource(job, dryRun, settings) : jobResource(job, settings);
    return send(request, response, 200, JSON.stringify(resource));
  }
  if (id === undefined) throw new ApiError({ reason: 'notFound', message: `Not found: ${url.pathname}` });
  const job = jobs.get(id, location);
  if (method === 'POST' && collection === 'jobs' && cancel !== undefined) {
    job.stop('Job execution was cancelled: User requested cancellation');
    const resource = { kind: 'bigquery#jobCancelResponse', job: jobResource(job, settings) };
    return send(request, response, 200, JSON.stringify(resource));
  }
  if (method === 'GET' && collection === 'jobs' && cancel === undefined) {
    return send(request, response, 200, JSON.stringify(jobResource(job, settings)));
  }
  if (method === 'GET' && collection === 'queries') {
    const { json, cut } = await queryResults(job, url.searchParams, context);
    return send(request, response, 200, json, cut);
  }
  throw new ApiError({ reason: 'notFound', message: `Not found: ${url.pathname}` });
}

/** Throws what stands in the way of a call: a fault, or a token that is missing or has expired. */
function refuse({ faults, tokens }: Context, request: IncomingMessage, response: ServerResponse): void {
  const once = takeOnce(faults, 'httpOnce');
  if (once !== undefined) {
    if (once.retryAfter !== undefined) response.setHeader('Retry-After', once.retryAfter);
    const reason = { 429: 'rateLimitExceeded', 500: 'internalError', 503: 'backendError' }[once.status];
    const message =
      once.status === 429
        ? 'Exceeded rate limits'
        : 'Error encountered during execution. Retrying may solve the problem.';
    throw new ApiError({ reason, message });
  }
  if (takeOnce(faults, 'expiredAccessToken') === true) tokens().expireAll();
  if (tokens().isValid(request.headers.authorization)) return;
  throw new ApiError({ reason: 'authError', location: 'Authorization', message: 'Invalid Credentials' });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** https://cloud.google.com/bigquery/docs/api-performance#gzip: both headers must say "gzip". */
function wantsGzip({ headers }: IncomingMessage): boolean {
  return /gzip/.test(String(headers['accept-encoding'])) && /gzip/.test(headers['user-agent'] ?? '');
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  json: string,
  cut = false,
): void {
  const gzip = wantsGzip(request);
  const body = gzip ? gzipSync(json, { level: 1 }) : Buffer.from(json);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=UTF-8',
    'Content-Length': body.length,
    ...(gzip && { 'Content-Encoding': 'gzip' }),
  });
  if (!cut) response.end(body);
  else response.write(body.subarray(0, body.length / 2), () => response.destroy());
}
