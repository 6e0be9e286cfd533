import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendJson, startShim, type Protocol, type SeenRequest, type Shim } from '../server.ts';
import { refusal, type Login } from './auth.ts';
import { CANCELED, notFound } from './errors.ts';
import { sendPartition, sendResultSet } from './results.ts';
import { SETUP } from './sql.ts';
import { about, type Statement } from './statement.ts';
import { Submissions } from './submissions.ts';

export interface SnowflakeOptions {
  login: Login;
  /** The size of a partition before compression; the parameter CLIENT_RESULT_CHUNK_SIZE (MB) has precedence. */
  partitionBytes?: number;
  /** How long a request without `async=true` waits for its statement, in milliseconds: 45 s in the documentation. */
  syncWait?: number;
  /** Names that exist, case-sensitive as the documentation says; other ones are refused. Without: all exist. */
  names?: Partial<Record<'warehouse' | 'role' | 'database' | 'schema', string[]>>;
  /** Parameters of the account or the user, which those of a request replace; names in upper case. */
  parameters?: Record<string, string>;
  /** The role may only read. */
  readOnly?: boolean;
}

/** Starts a server that speaks Snowflake's SQL API v2; README.md has its facts, their sources, and what is assumed. */
export function startSnowflakeShim(options: SnowflakeOptions): Promise<Shim> {
  return startShim(SETUP, ({ engine, faults }): Protocol => {
    const submissions = new Submissions(engine, faults, options);
    return {
      unread: () => submissions.all().filter(({ running, unread }) => running || unread.size > 0).length,
      settled: async () => void (await Promise.all(submissions.all().map(({ settled }) => settled))),
      close: async () => void (await Promise.all(submissions.all().map((statement) => statement.cancel()))),
      async answer(request, response) {
        const refused = faults.takeRefusal();
        if (refused?.status === 429) {
          const headers = { 'retry-after': String(refused.retryAfter) };
          return sendJson(response, 429, { code: '390505', message: 'Too many requests.' }, headers);
        }
        if (refused) return sendJson(response, 503, { message: 'Service Unavailable.' });
        const unauthorized = refusal(request, options.login);
        if (unauthorized) return sendJson(response, 401, unauthorized);
        const path = /^\/api\/v2\/statements(?:\/([^/]+)(?:\/(cancel))?)?\/?$/.exec(request.path);
        if (!path) return sendJson(response, 404, { message: 'Not Found.' });
        const [, handle, action] = path;
        if (!handle) return submit(request, response);
        const statement = submissions.find(handle);
        if (!statement) return sendJson(response, 422, { ...notFound(handle), statementHandle: handle });
        if (action) return cancel(statement, request, response);
        if (request.method !== 'GET') return notAllowed(response);
        return status(statement, request, response);
      },
    };

    async function submit(request: SeenRequest, response: ServerResponse): Promise<void> {
      if (request.method !== 'POST') return notAllowed(response);
      const submitted = await submissions.submit(request);
      if ('status' in submitted) return sendJson(response, submitted.status, submitted.body);
      const { statement } = submitted;
      if (request.query.get('async') === 'true') return inProgress(statement, response);
      const { syncWait = 45_000 } = options;
      const over = new AbortController();
      await Promise.race([
        statement.settled,
        sleep(syncWait, undefined, { signal: over.signal }).catch(() => undefined),
      ]);
      over.abort();
      if (statement.late && statement.error) return failed(statement, response, 408);
      return status(statement, request, response);
    }

    async function cancel(
      statement: Statement,
      { method }: SeenRequest,
      response: ServerResponse,
    ): Promise<void> {
      if (method !== 'POST') return notAllowed(response);
      await statement.cancel();
      sendJson(response, 200, { ...CANCELED, ...about(statement) });
    }

    async function status(
      statement: Statement,
      request: SeenRequest,
      response: ServerResponse,
    ): Promise<void> {
      if (statement.bug !== undefined) throw statement.bug;
      if (statement.error) return failed(statement, response, 422);
      if (!statement.outcome) return inProgress(statement, response);
      const partition = Number(request.query.get('partition') ?? 0);
      if (!(partition in statement.outcome.partitions)) {
        const message = `Partition ${partition} does not exist.`;
        return sendJson(response, 400, { code: '390142', message });
      }
      if (partition > 0) await sendPartition(response, statement, partition, faults);
      else await sendResultSet(response, statement, request, faults, submissions.parts(statement));
      if (response.writableFinished) statement.unread.delete(partition);
    }
  });
}

function inProgress(statement: Statement, response: ServerResponse): void {
  const message =
    'Asynchronous execution in progress. Use provided query id to perform query monitoring and management.';
  sendJson(response, 202, { code: '333334', message, ...about(statement) });
}

function failed(statement: Statement, response: ServerResponse, status: 408 | 422): void {
  sendJson(response, status, {
    ...statement.error,
    createdOn: statement.createdOn,
    ...about(statement),
  });
}

function notAllowed(response: ServerResponse): void {
  response.writeHead(405, { 'content-length': '0' });
  response.end();
}
