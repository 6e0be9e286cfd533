import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { findDelivered, intendDelivery, recordDelivered } from '../../state/lists/deliveries.ts';
import { readFormerList } from '../../state/lists/former-list.ts';
import { clearResults, intendImport, recordImport, storeResults } from '../../state/imports/imports.ts';
import { checkFence, type Fence } from '../../state/runs/lease.ts';
import { planRun } from '../../state/plan/plan.ts';
import { readStandings } from '../../state/report/overview.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { planFence, type Run } from '../../state/runs/runs.ts';
import { setAside } from '../../state/imports/set-aside.ts';
import { beginExtraction } from '../../state/stage.ts';
import { rows } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { deliver, planned, sendAll } from './sending.ts';
import { definitionFor, extract, freshState, newActivation, type StateWorld } from './support.ts';

/* A stage was lost, the run has started over: same run, same fence, another plan. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const BOB = { key: 'bob', values: ['1', '2', '3'] };
const QUOTA = { quotaKey: 'licence', limit: 1_000, retriesAlone: false };

/** A run, and the fence of the plan that it had before it started over. */
async function startedOver(): Promise<{ run: Run; former: Fence }> {
  const before = await planned(world, definitionFor(newActivation()), [ANNA]);
  await extract(world, before, [BOB]);
  return { run: await readPlanned(world.state, before.run), former: planFence(before) };
}

const REFUSED = { key: 'anna', outcome: 'refused', reason: 'INVALID_VALUE' } as const;
const bad = [{ attribute: 'b', reason: 'ValueTooLong' }];
const DELIVERY = { target: 't', reason: 'changed', members: 1, checksum: '1' } as const;
const WRITES: [string, (fence: Fence, run: Run) => Promise<unknown>][] = [
  ['intends an import', (fence) => intendImport(world.state, fence, { chunk: 1, ...QUOTA })],
  ['records an import', (fence) => recordImport(world.state, fence, '1', { status: 'confirmed' })],
  ['stores results', (fence) => storeResults(world.state, fence, 1, [REFUSED])],
  ['clears results', (fence) => clearResults(world.state, fence, 1)],
  ['sets rows aside', (fence) => setAside(world.state, fence, [{ key: 'anna', pattern: 'v010', bad }])],
  ['ends a call', (fence) => world.state.transaction((trx) => checkFence(trx, fence))],
  [
    'intends a delivery',
    (fence, { activation }) => intendDelivery(world.state, fence, { activation, ...DELIVERY }),
  ],
  [
    'records a delivery',
    (fence) => recordDelivered(world.state, fence, '1', { bytes: 1, retrievedBefore: null }),
  ],
];
test.each(WRITES)(
  'an attempt of the former plan that %s fails, one of the new plan does not',
  async (_, write) => {
    const { run, former } = await startedOver();
    await expect(write(former, run)).rejects.toMatchObject({ type: 'StageLost' });
    await write(planFence(run), run);
  },
);

test('what the former plan is just writing is waited for, and no part of the new plan', async () => {
  const run = await planned(world, definitionFor(newActivation()), [ANNA]);
  let extraction: Promise<string> | undefined;
  await world.state.transaction(async (trx) => {
    await checkFence(trx, planFence(run));
    extraction = beginExtraction(world.state, run);
    await until('the new extraction waits', async () => {
      const waiting = await rows(
        world.state,
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length === 1;
    });
    await trx.raw(`insert into imports (run, chunk, quota_key, status) values (?, 1, 'q', 'confirmed')`, [
      run.run,
    ]);
  });
  await extraction;
  expect(await rows(world.state, 'select chunk from imports where run = ?', [run.run])).toEqual([
    { chunk: null },
  ]);
});

test('a list that was delivered before its run started over stays the list that was delivered last', async () => {
  const definition = definitionFor(newActivation(), { list: { validity: '24h' } });
  const run = await planned(world, definition, [ANNA]);
  await sendAll(world, run);
  await deliver(world, run);
  await extract(world, run, [ANNA, BOB]);
  const { id } = definition.activation;
  expect(await findDelivered(world.state, run.run)).toBeUndefined(); // the new plan's is still to come
  expect(await readFormerList(world.state, id)).toMatchObject({ definition: { activation: { id } } });
  const standings = await withSnapshot(world.state, readStandings);
  expect(standings.find(({ activation }) => activation === id)).toMatchObject({
    ...{ members: 1, validity: 24 * 3_600_000 },
  });
  const again = await readPlanned(world.state, run.run);
  expect(again.plan.push).toBe('changed');
  expect(await readChunks(world.state, run.run)).toMatchObject([{ firstKey: 'bob' }]);
});
