import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../state/runs/close.ts';
import { intendDelivery, recordDelivered } from '../../state/lists/deliveries.ts';
import { recordPosted, recordRefused, recordResult } from '../../state/imports/imports.ts';
import { beginReading, storeResults } from '../../state/imports/results.ts';
import { fenced, type Fence, type Holder } from '../../state/runs/lease.ts';
import { setAside } from '../../state/imports/chunks.ts';
import { saveProvisioned } from '../../state/lists/provisioned.ts';
import { storeRejects } from '../../state/rejects/rejects.ts';
import { openState } from '../../state/state.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { publish } from '../../state/delta/publish.ts';
import { beginAttempt } from '../../state/delta/writer.ts';
import { until } from '../setup/until.ts';
import { intend, deliver, planned, sendAll } from './sending.ts';
import {
  activationRow,
  definitionFor,
  everyoneIsThere,
  execution,
  extract,
  freshState,
  membersOf,
  newActivation,
  open,
  runRow,
  tryToOpen,
  type StateWorld,
} from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const BOB = { key: 'bob', values: ['1', '2', '3'] };

test('the first run takes a free lease', async () => {
  const definition = definitionFor(newActivation());
  const holder = execution(definition.activation.id);
  const run = await open(world, definition, { holder });
  expect(await activationRow(world, definition.activation.id)).toMatchObject({
    fence: run.fence,
    holder_namespace: 'default',
    holder_workflow: holder.workflowId,
    holder_run: holder.runId,
  });
});

test('a lease whose holder is still open makes the next run busy, and changes nothing', async () => {
  const definition = definitionFor(newActivation());
  const holder = execution(definition.activation.id);
  await open(world, definition, { holder });
  const before = await activationRow(world, definition.activation.id);
  const asked: Holder[] = [];
  const isOpen = async (who: Holder) => asked.push(who) > 0;
  expect(await tryToOpen(world, definition, { isOpen })).toEqual({ busy: holder });
  expect(asked).toEqual([holder]);
  expect(await activationRow(world, definition.activation.id)).toEqual(before);
});

test('a lease whose holder has ended is taken over at once, with a larger fence', async () => {
  const definition = definitionFor(newActivation());
  const former = await open(world, definition);
  const run = await open(world, definition);
  expect(BigInt(run.fence!)).toBeGreaterThan(BigInt(former.fence!));
});

test('the run that takes over settles and closes the former run', async () => {
  const definition = definitionFor(newActivation());
  const former = await planned(world, definition, [ANNA, BOB]);
  await sendAll(world, former);
  await deliver(world, former);
  await open(world, definition);
  expect(await runRow(world, former.run)).toMatchObject({
    outcome: 'failed',
    failure: expect.stringContaining('without closing') as string,
    settled_at: expect.any(Date) as Date,
    closed_at: expect.any(Date) as Date,
  });
  const members = await membersOf(world, definition.activation.id);
  expect(members.map(({ key, listed, hashes }) => [key, listed, hashes !== null])).toEqual([
    ['anna', true, true],
    ['bob', true, true],
  ]);
});

test('a closed run releases its lease, and its fence is never used again', async () => {
  const definition = definitionFor(newActivation());
  const former = await open(world, definition);
  await closeRun(world.state, former, null);
  const row = await activationRow(world, definition.activation.id);
  expect([row.holder_workflow, row.holder_run]).toEqual([null, null]);
  const run = await open(world, definition, { isOpen: everyoneIsThere });
  expect(BigInt(run.fence!)).toBeGreaterThan(BigInt(former.fence!));
});

test('if several executions open at once, exactly one gets the lease, whether it is new or abandoned', async () => {
  const definition = definitionFor(newActivation());
  await open(world, definition); // a first run creates the tables of the activation
  const here = new Set<string>();
  const isOpen = async ({ runId }: Holder) => here.has(runId);
  for (let round = 0; round < 5; round++) {
    const holders = Array.from({ length: 6 }, () => execution(definition.activation.id));
    here.clear();
    for (const { runId } of holders) here.add(runId);
    const opened = await Promise.all(
      holders.map((holder) => tryToOpen(world, definition, { holder, isOpen })),
    );
    const winners = opened.flatMap((result, index) => ('run' in result ? [holders[index]!] : []));
    expect(winners).toHaveLength(1);
    for (const result of opened) if ('busy' in result) expect(result.busy).toEqual(winners[0]);
  }
});

test('opening again for the same execution returns the same run', async () => {
  const definition = definitionFor(newActivation());
  const holder = execution(definition.activation.id);
  const run = await open(world, definition, { holder });
  expect(await open(world, definition, { holder, isOpen: everyoneIsThere })).toEqual(run);
});

test('an execution whose run was closed by its successor cannot open again', async () => {
  const definition = definitionFor(newActivation());
  const holder = execution(definition.activation.id);
  await open(world, definition, { holder });
  await open(world, definition);
  await expect(open(world, definition, { holder })).rejects.toMatchObject({ name: 'RunSuperseded' });
});

test('each activation has its own lease', async () => {
  const [one, other] = [definitionFor(newActivation()), definitionFor(newActivation())];
  await open(world, one);
  expect(await tryToOpen(world, other, { isOpen: everyoneIsThere })).toHaveProperty('run');
});

const NOTHING_FOUND = {
  version: '0',
  base: { members: 0, checksum: '0' },
  columns: [],
  reasons: {},
  guards: [],
  notes: [],
  counts: { read: 0, rejected: 0, forgotten: 0, duplicates: 0, ambiguous: 0 },
};
const CHUNK = { no: 1, retries: 0 };
const SEEDS = [1n, 2n] as const;
const NOTHING = { tableId: '', listId: '', attributes: [], key: '' };
/** Every kind of write, by a run that may no longer write. */
const WRITES: Record<string, (fence: Fence, activation: string, ids: Ids) => Promise<unknown>> = {
  'begin to compare': (fence) => beginAttempt(world.state, fence, 3),
  'publish what it has found': (fence) => publish(world.state, fence, 1, NOTHING_FOUND),
  'store rejects': (fence) => storeRejects(world.state, fence, [{ key: 'k', reason: 'KeyMissing' }]),
  'intend an import': (fence) =>
    intend(world, fence, { chunk: CHUNK, quotaKey: 'q', limit: 9, retriesAlone: false }),
  'record that an import was posted': (fence, _, { imported }) =>
    recordPosted(world.state, fence, imported, 'e1'),
  'record that an import was refused': (fence, _, { imported }) =>
    recordRefused(world.state, fence, imported, { detail: 'no' }),
  'record what became of an import': (fence, _, { imported }) =>
    recordResult(world.state, fence, imported, 'confirmed'),
  'begin to read results': (fence, _, { imported }) => beginReading(world.state, fence, imported),
  'store results': (fence, _, { imported }) =>
    storeResults(world.state, fence, { import: imported, chunk: 1, no: 0 }, SEEDS, [
      { key: 'anna', outcome: 'refused', reason: 'R' },
    ]),
  'set rows aside': (fence, activation) =>
    setAside(world.state, fence, { activation }, SEEDS, [{ key: 'anna', pattern: '100', bad: [] }]),
  'intend a delivery': (fence, activation) =>
    intendDelivery(world.state, fence, {
      activation,
      kind: 'plan',
      target: '',
      reason: 'changed',
      members: 0,
      checksum: '0',
    }),
  'record a delivery': (fence, _, { delivery }) =>
    recordDelivered(world.state, fence, delivery, { bytes: 1, retrievedBefore: null }),
  'remember what is provisioned': (fence, activation) =>
    saveProvisioned(world.state, fence, activation, NOTHING),
  settle: (fence) => settleRun(world.state, fence),
};
const NO_IDS = { imported: '0', delivery: '0' };
interface Ids {
  imported: string;
  delivery: string;
}

async function intendBoth(fence: Fence, activation: string): Promise<Ids> {
  const quota = { chunk: CHUNK, quotaKey: 'q', limit: 1_000, retriesAlone: false };
  const imported = (await intend(world, fence, quota))!;
  const row = { activation, kind: 'plan', target: '', reason: 'changed', members: 0, checksum: '0' } as const;
  return { imported, delivery: await intendDelivery(world.state, fence, row) };
}

test.each(Object.keys(WRITES))('a run that was superseded can no longer %s', async (name) => {
  const definition = definitionFor(newActivation());
  const { id } = definition.activation;
  const former = await planned(world, definition, [ANNA]);
  const ids = /^record|results$/.test(name) ? await intendBoth(former, id) : NO_IDS;
  await WRITES[name]!(former, id, ids); // the holder can
  const again = await open(world, definition);
  await expect(WRITES[name]!(former, id, ids)).rejects.toMatchObject({ name: 'RunSuperseded' });
  expect(await runRow(world, again.run)).toMatchObject({ closed_at: null, plan: null });
});

test('closing late does not affect the run that took over', async () => {
  const definition = definitionFor(newActivation());
  const former = await open(world, definition);
  const run = await open(world, definition);
  await closeRun(world.state, former, null);
  expect(await runRow(world, former.run)).toMatchObject({ outcome: 'failed' });
  expect(await activationRow(world, definition.activation.id)).toMatchObject({ fence: run.fence });
  await extract(world, run, [ANNA]); // still writes
});

test('a takeover waits for a fenced write in progress', async () => {
  const definition = definitionFor(newActivation());
  const former = await planned(world, definition, [ANNA]);
  const other = openState({ url: world.url, poolSize: 4 });
  const order: string[] = [];
  let takingOver: Promise<unknown> | undefined;
  try {
    await fenced(world.state, former, async (trx) => {
      takingOver = open({ ...world, state: other }, definition).then(() => order.push('taken over'));
      await until('a session waits for the lease', async () => {
        const waiting = await world.state.raw<{ rowCount: number }>(
          `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%update activations%'`,
        );
        return waiting.rowCount > 0;
      });
      await trx.raw('select 1');
      order.push('written');
    });
    await takingOver;
  } finally {
    await takingOver;
    await other.destroy();
  }
  expect(order).toEqual(['written', 'taken over']);
});
