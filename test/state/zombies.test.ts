import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordPosted, recordRefused, recordResult } from '../../state/imports/imports.ts';
import { beginReading, forgetReading, storeResults } from '../../state/imports/results.ts';
import { setAside } from '../../state/imports/chunks.ts';
import { intendDelivery, recordDelivered } from '../../state/lists/deliveries.ts';
import { saveProvisioned } from '../../state/lists/provisioned.ts';
import { beginAttempt } from '../../state/delta/writer.ts';
import { publish } from '../../state/delta/publish.ts';
import { membersTable } from '../../state/names.ts';
import { closeRun } from '../../state/runs/close.ts';
import { readRun, type PlannedRun, type Run } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { until } from '../setup/until.ts';
import { intend, deliver, goodRun, keySeedsOf, planned, sendAll } from './sending.ts';
import {
  compareInto,
  definitionFor,
  freshState,
  membersOf,
  newActivation,
  open,
  tables,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

/*
 * Abandoned attempts that continue anyway. A lock wakes them, not time: they wait for the run that takes
 * over.
 */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const BOB = { key: 'bob', values: ['1', '2', '3'] };
const SUPERSEDED = { type: 'RunSuperseded' };

/** Sessions of this state that wait for a lock of one of these kinds. */
async function untilWaiting(count: number, ...kinds: string[]): Promise<void> {
  await until(`${count} wait for ${kinds.join(' or ')}`, async () => {
    const { rows } = await world.state.raw<{ rows: { count: string }[] }>(
      `select count(*) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and wait_event = any(?)`,
      [kinds],
    );
    return Number(rows[0]!.count) === count;
  });
}

/**
 * Starts `first`, which locks the activation's row and then waits for its members; then `zombie`, which waits
 * for the row. Then both continue.
 */
async function inTheMiddleOf<T>(
  activation: string,
  first: () => Promise<T>,
  zombie: () => Promise<unknown>,
): Promise<{ first: T; zombie: PromiseSettledResult<unknown> }> {
  const keeper = await world.state.transaction();
  await keeper.raw(`lock table ${membersTable(activation)} in share mode`);
  const both = [first()] as const;
  await untilWaiting(1, 'relation');
  const woken = Promise.allSettled([zombie()]);
  await untilWaiting(1, 'transactionid', 'tuple');
  await keeper.rollback();
  return { first: await both[0], zombie: (await woken)[0] };
}

/** The writes of an attempt during a run; `id` is that of the row which was written before. */
const WRITES: Record<
  string,
  (run: PlannedRun, ids: { imported: string; delivered: string }) => Promise<unknown>
> = {
  'another attempt to compare': (run) => beginAttempt(world.state, run, 3),
  'what was provisioned': (run) =>
    saveProvisioned(world.state, run, run.activation, {
      key: 'k',
      tableId: '16',
      listId: '1',
      attributes: [],
    }),
  'rows that were set aside': async (run) =>
    setAside(world.state, run, run, await keySeedsOf(world.state, run.run), []),
  'the intent to import': (run) =>
    intend(world, run, {
      chunk: { no: 1, retries: 0 },
      quotaKey: 'other',
      limit: 9,
      retriesAlone: false,
    }),
  'that an import was posted': (run, { imported }) => recordPosted(world.state, run, imported, 'zombie'),
  'that an import was refused': (run, { imported }) =>
    recordRefused(world.state, run, imported, { detail: 'zombie' }),
  'what became of an import': (run, { imported }) => recordResult(world.state, run, imported, 'doubtful'),
  'row results': async (run, { imported }) =>
    storeResults(
      world.state,
      run,
      { import: imported, chunk: 1, no: 0 },
      await keySeedsOf(world.state, run.run),
      [{ key: 'anna', outcome: 'refused', reason: 'INVALID_VALUE' }],
    ),
  'that row results are read again': (run, { imported }) => beginReading(world.state, run, imported),
  'that row results are forgotten': (run, { imported }) =>
    forgetReading(world.state, run, { import: imported, chunk: 1, no: 0 }),
  'the intent to deliver': (run) =>
    intendDelivery(world.state, run, {
      activation: run.activation,
      kind: 'plan',
      target: 't',
      reason: 'changed',
      members: 9,
      checksum: '9',
    }),
  'that the list is delivered': (run, { delivered }) =>
    recordDelivered(world.state, run, delivered, { bytes: 1, retrievedBefore: null }),
};

/** A run in progress: an import is posted, and a delivery is intended. */
async function runUnderWay(): Promise<{ run: PlannedRun; write: (what: string) => Promise<unknown> }> {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA]);
  const run = await planned(world, definition, [{ ...ANNA, values: ['new', '2', '3'] }, BOB]);
  await sendAll(world, run, 'posted');
  await deliver(world, run, { arrives: false });
  const idOf = async (table: string) =>
    (await world.state(table).where({ run: run.run }).select('id'))[0] as { id: string };
  const ids = { imported: (await idOf('imports')).id, delivered: (await idOf('deliveries')).id };
  return { run, write: (what) => WRITES[what]!(run, ids) };
}

/** Everything that the state contains about the work of a run. */
async function workOf({ run, activation }: Run): Promise<unknown> {
  const imports = await world.state('imports').where({ run });
  const parts = await world.state('import_parts').where({ run });
  const deliveries = await world.state('deliveries').where({ run });
  const [row] = await world.state('activations').where({ id: activation }).select('provisioned');
  return {
    imports,
    parts,
    deliveries,
    row,
    members: await membersOf(world, activation),
    attempts: await attempts(run),
  };
}

async function attempts(run: string): Promise<unknown> {
  return world.state('runs').where({ no: run }).select('attempts');
}

describe.each(Object.keys(WRITES))('an attempt that writes %s', (what) => {
  test('fails if a newer run takes the lease in the meantime', async () => {
    const { run, write } = await runUnderWay();
    const before = await workOf(run);
    const takeOver = () => open(world, run.definition);
    const { zombie, first: next } = await inTheMiddleOf(run.activation, takeOver, () => write(what));
    expect(zombie).toMatchObject({ status: 'rejected', reason: SUPERSEDED });
    expect(await workOf(run)).toMatchObject({ ...(before as object), members: expect.anything() });
    expect((await readRun(world.state, next.run)).outcome).toBe(null);
  });

  test('fails if its own run is settled in the meantime, because its write would never be settled', async () => {
    const { run, write } = await runUnderWay();
    const before = await workOf(run);
    const settle = () => settleRun(world.state, run);
    const { zombie } = await inTheMiddleOf(run.activation, settle, () => write(what));
    expect(zombie).toMatchObject({ status: 'rejected', reason: SUPERSEDED });
    expect(await workOf(run)).toMatchObject({ ...(before as object), members: expect.anything() });
  });
});

describe('an attempt to compare', () => {
  test('that publishes after another one keeps the existing plan', async () => {
    const run = await open(world, definitionFor(newActivation()));
    const late = await compareInto(world, run, [ANNA]);
    const early = await compareInto(world, run, [ANNA, BOB]);
    const keeper = await world.state.transaction();
    await keeper.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`run ${run.run}`]);
    const first = publish(world.state, run, early.attempt, early.found);
    await untilWaiting(1, 'advisory');
    const second = publish(world.state, run, late.attempt, late.found);
    await untilWaiting(2, 'advisory');
    await keeper.rollback();
    expect(await second).toEqual(await first);
    expect(await first).toMatchObject({
      delta: `delta_${run.run}_${early.attempt}`,
      counts: { read: 2, added: 2 },
    });
  });

  test('that publishes after a newer run has ended fails, and leaves no table', async () => {
    const definition = definitionFor(newActivation());
    await goodRun(world, definition, [ANNA]);
    const run = await open(world, definition);
    const late = await compareInto(world, run, []);
    const newer = await goodRun(world, definition, [ANNA, BOB]);
    await expect(publish(world.state, run, late.attempt, late.found)).rejects.toMatchObject(SUPERSEDED);
    expect(await readRun(world.state, run.run)).toMatchObject({ plan: null, delta: null });
    expect(await membersOf(world, run.activation)).toHaveLength(2);
    expect(await tables(world, new RegExp(`^(?!members_).*_(${run.run}|${newer.run})(_\\d+)?$`))).toEqual([]);
  });
});

test('two attempts that close a run at once close it once', async () => {
  const { run } = await runUnderWay();
  await settleRun(world.state, run);
  const close = () => closeRun(world.state, run, ended('failed'));
  const keeper = await world.state.transaction();
  await keeper.raw('lock table reject_history in exclusive mode');
  const both = Promise.allSettled([close(), close()]);
  await until('both wait', async () => {
    const { rows } = await world.state.raw<{ rows: { count: string }[] }>(
      `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return Number(rows[0]!.count) === 2;
  });
  await keeper.rollback();
  expect(await both).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
});

describe('an attempt to settle', () => {
  test('that wakes up after a newer run has taken over writes nothing', async () => {
    const { run } = await runUnderWay();
    const takeOver = () => open(world, run.definition);
    const settled = await inTheMiddleOf(run.activation, takeOver, () => settleRun(world.state, run));
    expect(settled.zombie).toMatchObject({ status: 'rejected', reason: SUPERSEDED });
  });

  test('that wakes up after another one has settled changes nothing', async () => {
    const { run } = await runUnderWay();
    const settle = () => settleRun(world.state, run);
    expect(await inTheMiddleOf(run.activation, settle, settle)).toMatchObject({
      zombie: { status: 'fulfilled' },
    });
    const version = () => world.state('activations').where({ id: run.activation }).select('version');
    const before = [await version(), await membersOf(world, run.activation)];
    await closeRun(world.state, run, null);
    await expect(settle()).rejects.toMatchObject(SUPERSEDED);
    expect([await version(), await membersOf(world, run.activation)]).toEqual(before);
  });
});
