import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendPlain } from '../bodies.ts';
import { sendJson, startShim, type Protocol, type SeenRequest, type Shim } from '../server.ts';
import { chunkOf, headOf, linked, manifestOf } from './answers.ts';
import { Tokens, type Login } from './auth.ts';
import { Links, storageError } from './links.ts';
import { submissionOf } from './request.ts';
import { SETUP } from './sql.ts';
import { Statement } from './statement.ts';

interface DatabricksOptions {
  login: Login;
  /** The warehouses that exist; without: all. */
  warehouses?: string[];
  /** The size of a chunk. */
  chunkBytes?: number;
  /** How long a link is valid, in milliseconds: at most 15 minutes in the documentation. */
  linkLife?: number;
  /** The login may only read. */
  readOnly?: boolean;
  /** A factor for `wait_timeout`, for tests of what happens after it. */
  waitFactor?: number;
}

const DEFAULT_BYTES = 16 << 20;
const FIFTEEN_MINUTES = 900_000;

/** Starts a server that speaks the Statement Execution API; README.md has its facts, their sources, and what is assumed. */
export function startDatabricksShim(options: DatabricksOptions): Promise<Shim> {
  return startShim(SETUP, ({ engine, faults, url }): Protocol => {
    const statements = new Map<string, Statement>();
    const tokens = new Tokens(options.login);
    const links = new Links(url);
    const {
      linkLife = FIFTEEN_MINUTES,
      chunkBytes = DEFAULT_BYTES,
      readOnly = false,
      waitFactor = 1,
    } = options;
    return {
      settled: async () => void (await Promise.all([...statements.values()].map(({ settled }) => settled))),
      unread: () =>
        [...statements.values()].filter(({ running, unread }) => running || unread.size > 0).length,
      close: async () =>
        void (await Promise.all([...statements.values()].map((statement) => statement.cancel()))),
      async answer(request, response) {
        if (request.path.startsWith('/storage/')) return download(request, response);
        const refused = faults.takeRefusal();
        if (refused?.status === 429) {
          const headers = { 'retry-after': String(refused.retryAfter) };
          return sendError(response, 429, 'RESOURCE_EXHAUSTED', 'Too many requests.', headers);
        }
        if (refused) return sendError(response, 503, 'TEMPORARILY_UNAVAILABLE', 'Try again later.');
        if (request.path === '/oidc/v1/token' && request.method === 'POST') {
          const { status, body } = tokens.issue(request);
          return sendJson(response, status, body);
        }
        const unauthorized = tokens.refusal(request);
        if (unauthorized) return sendJson(response, unauthorized.status, unauthorized.body);
        const path = /^\/api\/2\.0\/sql\/statements(?:\/([^/]+)(\/cancel|\/result\/chunks\/\d+)?)?\/?$/.exec(
          request.path,
        );
        if (!path) return sendError(response, 404, 'NOT_FOUND', 'No API found.');
        const [, id, action = ''] = path;
        if (!id) return submit(request, response);
        const statement = statements.get(id);
        if (!statement) return sendError(response, 404, 'NOT_FOUND', `The statement ${id} was not found.`);
        if (action === '/cancel') {
          await statement.cancel();
          return sendJson(response, 200, {});
        }
        if (action === '') return sendStatement(statement, response);
        await sendChunk(statement, Number(action.split('/').at(-1)), response);
      },
    };

    async function submit(request: SeenRequest, response: ServerResponse): Promise<void> {
      const submission = request.method === 'POST' ? submissionOf(request.body) : 'Use POST.';
      if (typeof submission === 'string')
        return sendError(response, 400, 'INVALID_PARAMETER_VALUE', submission);
      if (options.warehouses && !options.warehouses.includes(submission.warehouse_id)) {
        return sendError(
          response,
          404,
          'NOT_FOUND',
          `SQL warehouse ${submission.warehouse_id} does not exist.`,
        );
      }
      const statement = new Statement(engine, faults, submission, { chunkBytes, readOnly });
      statements.set(statement.id, statement);
      if (submission.wait === 0) return sendJson(response, 200, headOf(statement));
      const over = new AbortController();
      const wait = sleep(submission.wait * waitFactor, undefined, { signal: over.signal }).catch(
        () => undefined,
      );
      await Promise.race([statement.settled, wait]);
      over.abort();
      if (statement.running && submission.on_wait_timeout === 'CANCEL') await statement.cancel();
      await sendStatement(statement, response);
    }

    /** The state; with manifest and the first chunk if it succeeded. */
    async function sendStatement(statement: Statement, response: ServerResponse): Promise<void> {
      if (statement.bug !== undefined) throw statement.bug;
      const head = headOf(statement);
      if (statement.state !== 'SUCCEEDED') return sendJson(response, 200, head);
      const manifest = manifestOf(statement);
      if (statement.outcome!.chunks.length === 0)
        return sendJson(response, 200, { ...head, manifest, result: {} });
      if (statement.submission.disposition === 'EXTERNAL_LINKS') {
        const result = linked(statement, 0, links, linkLife);
        return sendJson(response, 200, { ...head, manifest, result });
      }
      const before = `${JSON.stringify({ ...head, manifest }).slice(0, -1)},"result":`;
      await sendInline(statement, 0, response, { before, after: '}' });
    }

    async function sendChunk(statement: Statement, index: number, response: ServerResponse): Promise<void> {
      if (statement.state !== 'SUCCEEDED') {
        return sendError(response, 400, 'BAD_REQUEST', `The statement is in the state ${statement.state}.`);
      }
      if (!(index in statement.outcome!.chunks)) {
        return sendError(response, 404, 'NOT_FOUND', `The chunk ${index} does not exist.`);
      }
      if (statement.submission.disposition === 'EXTERNAL_LINKS') {
        return sendJson(response, 200, linked(statement, index, links, linkLife));
      }
      await sendInline(statement, index, response, { before: '', after: '' });
    }

    async function sendInline(
      statement: Statement,
      index: number,
      response: ServerResponse,
      { before, after }: { before: string; after: string },
    ): Promise<void> {
      response.writeHead(200, { 'content-type': 'application/json' });
      const fields = JSON.stringify(chunkOf(statement, index)).slice(0, -1);
      const around = { before: `${before}${fields},"data_array":`, after: `}${after}` };
      await sendPlain(response, statement.outcome!.chunks[index]!, faults, around);
      if (response.writableFinished) statement.unread.delete(index);
    }

    /** What the cloud storage does. */
    async function download(request: SeenRequest, response: ServerResponse): Promise<void> {
      const [, , id = '', index = ''] = request.path.split('/');
      const refused = links.refusal(request);
      if (refused) {
        response.writeHead(refused.status, { 'content-type': 'application/xml' });
        return void response.end(storageError(refused));
      }
      const statement = statements.get(id)!;
      const chunk = statement.outcome!.chunks[Number(index)]!;
      const short = faults.current.breakOff?.cleanly === true; // a length would tell the client that bytes are missing
      response.writeHead(200, {
        'content-type': 'application/json',
        ...(!short && { 'content-length': String(chunk.bytes) }),
      });
      await sendPlain(response, chunk, faults);
      if (response.writableFinished) statement.unread.delete(Number(index));
    }
  });
}

function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, status, { error_code: code, message }, headers);
}
