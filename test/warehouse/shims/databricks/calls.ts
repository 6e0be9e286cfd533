import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach } from 'vitest';
import type { Shim } from '../server.ts';
import { startDatabricksShim } from './shim.ts';

export const LOGIN = { tokens: ['dapi-1'], client: { id: 'client-1', secret: 'secret-1' } };

/** An answer as far as the tests read it. */
export interface Answer {
  statement_id: string;
  status: { state: string; error?: { error_code: string; message: string }; sql_state?: string };
  manifest: {
    total_row_count: number;
    total_chunk_count: number;
    truncated: boolean;
    schema: { columns: object[] };
  };
  result: Chunk;
}
export interface Chunk {
  data_array: (string | null)[][];
  next_chunk_index?: number;
  external_links: (Chunk & {
    external_link: string;
    expiration: string;
    byte_count: number;
    row_count: number;
  })[];
}

/** Starts a shim for each test of a file. Use its parts only in tests. */
export function shimOfTest() {
  const calls = { call, ended, restart };
  const own = calls as typeof calls & { shim: Shim };
  const usual = { login: LOGIN, chunkBytes: 20_000, waitFactor: 0.002, warehouses: ['w1'] };
  beforeEach(async () => void (own.shim = await startDatabricksShim(usual)));
  afterEach(() => own.shim.close());

  /** Replaces the shim by one with other options. */
  async function restart(options: Parameters<typeof startDatabricksShim>[0]): Promise<void> {
    await own.shim.close();
    own.shim = await startDatabricksShim(options);
  }

  function call(path: string, body?: unknown, token = 'dapi-1'): Promise<Response> {
    return fetch(`${own.shim.url}/api/2.0/sql/statements${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Submits a statement and asks for it until it no longer runs. */
  async function ended(statement: string, more: object = {}): Promise<Answer> {
    const submission = { statement, warehouse_id: 'w1', wait_timeout: '0s', ...more };
    let answer = (await (await call('', submission)).json()) as Answer;
    for (; ['PENDING', 'RUNNING'].includes(answer.status.state); await sleep(10)) {
      answer = (await (await call(`/${answer.statement_id}`)).json()) as Answer;
    }
    return answer;
  }

  return own;
}
