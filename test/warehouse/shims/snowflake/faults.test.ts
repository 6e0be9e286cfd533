import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Shim } from '../server.ts';
import { answer, call, ended, LOGIN, type Answer } from './client.ts';
import { startSnowflakeShim } from './shim.ts';

const ROWS = (n: number) =>
  `select seq4() + 1 as id, repeat('x', 100) as padding from table(generator(rowcount => ${n}))`;
let shim: Shim;
beforeEach(async () => {
  shim = await startSnowflakeShim({
    login: LOGIN,
    partitionBytes: 20_000,
    syncWait: 20,
    names: { role: ['READER'] },
  });
});
afterEach(() => shim.close());

/** A statement without a wait, once it has ended. */
async function submitted(statement: string, more: object = {}): Promise<Response> {
  const { statementHandle } = await answer(shim.url, statement, more, '?async=true');
  return ended(shim.url, statementHandle);
}

describe('faults', () => {
  test('429 with Retry-After, then 503 once, then as usual', async () => {
    shim.setFault({ rateLimit: { times: 1, retryAfter: 3 }, unavailable: 1 });
    const limited = await call(shim.url, '', { statement: 'select 1 as a' });
    expect([limited.status, limited.headers.get('retry-after'), await limited.json()]).toMatchObject([
      429,
      '3',
      { code: '390505' },
    ]);
    expect((await call(shim.url, '', { statement: 'select 1 as a' })).status).toBe(503);
    expect((await submitted('select 1 as a')).status).toBe(200);
  });

  test('a value error at a row fails the statement, and a miscount changes numRows alone', async () => {
    shim.setFault({ failAtRow: 10 });
    expect((await submitted(ROWS(9))).status).toBe(200);
    expect((await submitted(ROWS(10))).status).toBe(422);
    shim.setFault({ miscount: 1 });
    const { data, resultSetMetaData } = (await (await submitted(ROWS(9))).json()) as Answer;
    expect([data.length, resultSetMetaData.numRows]).toEqual([9, 10]);
  });

  test.each([true, false])(
    'a body breaks off in the middle (with a complete HTTP answer: %s)',
    async (cleanly) => {
      const { statementHandle } = (await (await submitted(ROWS(1_000))).json()) as Answer;
      shim.setFault({ breakOff: { afterBytes: 100, cleanly } });
      await expect(
        call(shim.url, `/${statementHandle}?partition=1`).then((broken) => broken.json()),
      ).rejects.toThrow();
      expect((await call(shim.url, `/${statementHandle}?partition=1`)).status).toBe(200);
    },
  );

  test('a body that is held goes on after the fault, or ends with the connection', async () => {
    const { statementHandle } = (await (await submitted(ROWS(1_000))).json()) as Answer;
    shim.setFault({ holdAfter: 50 });
    const cut = (await call(shim.url, `/${statementHandle}?partition=1`)).text();
    const outcome = expect(cut).rejects.toThrow();
    shim.cutConnections({ refuseNew: true });
    await outcome;
    await expect(call(shim.url, `/${statementHandle}`)).rejects.toThrow();
    shim.setFault({ holdAfter: 50 });
    const held = await call(shim.url, `/${statementHandle}?partition=1`);
    shim.setFault({});
    expect(((await held.json()) as Answer).data.length).toBeGreaterThan(10);
  });
});
