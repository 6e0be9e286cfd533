import { afterEach, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../state/migrate.ts';
import { withRows } from '../../state/copy.ts';
import { stateFailure } from '../../state/failures.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { freshDatabase } from '../setup/servers.ts';
import { startSilentProxy, type SilentProxy } from '../support/silent-proxy.ts';

/*
 * The state database falls silent: connections stay open, and no data arrives. Every wait ends, as for a lost
 * connection.
 */

let url: string;
beforeAll(async () => {
  const database = await freshDatabase('silent');
  url = database.url;
  const state = openState({ url });
  await migrate(state);
  await state.destroy();
  return () => database.dispose();
});

const WATCH = { every: 50, quiet: 150, timeout: 300 };
/** For tests in which the server answers, however busy the machine is. */
const PATIENT = { ...WATCH, timeout: 10_000 };

const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A state behind a proxy, with a connection that is open. */
async function behindProxy(watch = WATCH): Promise<{ state: State; proxy: SilentProxy }> {
  const { hostname, port } = new URL(url);
  const proxy = await startSilentProxy({ host: hostname, port: Number(port) });
  ends.push(() => proxy.stop());
  const state = openState({ url: proxy.through(url), watch });
  ends.push(() => state.destroy());
  await state.raw('select 1');
  return { state, proxy };
}

async function expectUnavailable(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => expect.unreachable('It was answered.'),
    (reason: unknown) => reason,
  );
  expect(stateFailure(error)).toMatchObject({ type: 'StateUnavailable', retryable: true });
}

const WAITS: Record<string, (state: State, hush: () => void) => Promise<unknown>> = {
  'before a statement': async (state, hush) => {
    hush();
    await state.raw('select 1');
  },
  'while a statement works': async (state, hush) => {
    const work = state.raw('select pg_sleep(0.2)');
    setTimeout(hush, 100);
    await work;
  },
  'within a transaction': (state, hush) =>
    state.transaction(async (trx) => {
      await trx.raw('select 1');
      hush();
      await trx.raw('select 2');
    }),
  'before a commit': (state, hush) =>
    state.transaction(async (trx) => {
      await trx.raw('create temporary table t (a int) on commit drop');
      hush();
    }),
  'between the rows of a COPY': (state, hush) =>
    withRows(state, 'select repeat(chr(120), 1000) from generate_series(1, 50000)', async (batches) => {
      let begun = false;
      for await (const batch of batches) {
        if (!begun && batch.length > 0) hush();
        begun = true;
      }
    }),
  'within a report': (state, hush) =>
    withSnapshot(state, async (snapshot) => {
      hush();
      await snapshot.rows('select 1');
    }),
};

test.each(Object.keys(WAITS))('a connection to a server that falls silent %s is given up', async (when) => {
  const { state, proxy } = await behindProxy();
  await expectUnavailable(WAITS[when]!(state, () => proxy.hush()));
  proxy.resume();
  expect(await rows(state, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test.each(Object.keys(WAITS))(
  'a single connection that falls silent %s is given up, while others work',
  async (when) => {
    const { state, proxy } = await behindProxy();
    await expectUnavailable(WAITS[when]!(state, () => proxy.hush('opened')));
    expect(await rows(state, 'select 1 as one')).toEqual([{ one: 1 }]);
  },
);

test('a server that accepts a connection and does not answer is given up', async () => {
  const { hostname, port } = new URL(url);
  const proxy = await startSilentProxy({ host: hostname, port: Number(port) });
  ends.push(() => proxy.stop());
  proxy.hush();
  const state = openState({ url: proxy.through(url), watch: WATCH });
  ends.push(() => state.destroy());
  await expectUnavailable(state.raw('select 1'));
});

test('a statement that runs for a long time, or waits for a lock, does not count as silence', async () => {
  const { state } = await behindProxy(PATIENT);
  const long = 'select pg_sleep(1.5)';
  await state.raw(long);
  await withRows(state, `select 1 from (${long}) as long`, async (batches) => {
    let read = '';
    for await (const batch of batches) read += batch.toString();
    expect(read).toBe('1\n');
  });
  const holder = await state.transaction();
  await holder.raw('lock table runs');
  const waiting = rows(state, 'select 1 as one from (select count(*) from runs) as counted');
  setTimeout(() => void holder.rollback(), 1_500);
  expect(await waiting).toEqual([{ one: 1 }]);
});

test('a slow reader of what the server has sent does not make the server count as silent', async () => {
  const { state } = await behindProxy(PATIENT);
  const sql = 'select repeat(chr(120), 1000) from generate_series(1, 50000)';
  const bytes = await withRows(state, sql, async (batches) => {
    let read = 0;
    for await (const batch of batches) {
      if (read === 0) await new Promise((resolve) => setTimeout(resolve, 1_500));
      read += batch.length;
    }
    return read;
  });
  expect(bytes).toBe(50_000 * 1_001);
});
