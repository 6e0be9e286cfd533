import type { WorkflowService } from '@temporalio/client';
import { isOpenAt } from '../../activities/is-open.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanUp, closeRun } from '../../state/runs/close.ts';
import { countRejects, MAX_STORED_REJECTS, storeRejects } from '../../state/rejects/rejects.ts';
import { setAside } from '../../state/imports/chunks.ts';
import { withConnection } from '../../state/state.ts';
import { BEGIN_SNAPSHOT } from '../../state/transactions.ts';
import type { Holder } from '../../state/runs/lease.ts';
import { closeElsewhere } from '../../state/runs/open.ts';
import { keySeedsOf, planned, sendAll } from './sending.ts';
import {
  compareInto,
  definitionFor,
  everyoneIsGone,
  execution,
  extract,
  freshState,
  newActivation,
  open,
  runRow,
  tables,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const newPlanned = () => planned(world, definitionFor(newActivation()), [ANNA]);
const tablesOf = (run: string) => tables(world, new RegExp(`^(delta|aside|result)_${run}(_|$)`));

test('closing records the outcome and drops the tables of the run', async () => {
  const run = await newPlanned();
  expect(await tablesOf(run.run)).toHaveLength(3);
  await closeRun(world.state, run, ended('failed', 'Actito is down.'));
  expect(await runRow(world, run.run)).toMatchObject({
    outcome: 'failed',
    failure: 'Actito is down.',
    closed_at: expect.any(Date) as Date,
  });
  expect(await tablesOf(run.run)).toEqual([]);
});

test('closing drops the deltas of all attempts, including abandoned ones', async () => {
  const run = await open(world, definitionFor(newActivation()));
  await compareInto(world, run, [ANNA]);
  await extract(world, run, [ANNA]);
  expect(await tablesOf(run.run)).toHaveLength(4);
  await closeRun(world.state, run, null);
  expect(await tablesOf(run.run)).toEqual([]);
});

test('closing twice keeps the first outcome', async () => {
  const run = await newPlanned();
  await closeRun(world.state, run, null);
  await closeRun(world.state, run, ended('failed', 'too late'));
  expect(await runRow(world, run.run)).toMatchObject({ outcome: 'succeeded', failure: null });
});

test('closing leaves the tables of other runs alone, even if their numbers share a prefix', async () => {
  const others = [];
  for (let i = 0; i < 12; i++) others.push(await newPlanned()); // numbers such as 1 and 12
  const [first, ...rest] = others;
  await closeRun(world.state, first!, null);
  for (const run of rest) expect(await tablesOf(run.run)).toHaveLength(3);
  await cleanUp(world.state);
  for (const run of rest) expect(await tablesOf(run.run)).toHaveLength(3);
});

test('a table that is in use does not delay closing, and is dropped later', async () => {
  const run = await newPlanned();
  await withConnection(world.state, async (reader) => {
    await reader.query(BEGIN_SNAPSHOT);
    await reader.query(`select from ${run.delta}`);
    await closeRun(world.state, run, null);
    expect(await tablesOf(run.run)).toEqual([run.delta]);
    expect(await runRow(world, run.run)).toMatchObject({ outcome: 'succeeded' });
    await reader.query('rollback');
  });
  await cleanUp(world.state);
  expect(await tablesOf(run.run)).toEqual([]);
});

test('the janitor drops the tables of closed and unknown runs, and nothing else', async () => {
  const open = await newPlanned();
  const closed = await newPlanned();
  await world.state.raw('update runs set closed_at = now() where no = ?', [closed.run]);
  const gone = '999999';
  await world.state.raw(`create table delta_${gone}_1 (key text)`);
  const members = await tables(world, /^members_/);
  await cleanUp(world.state);
  expect(await tablesOf(open.run)).toHaveLength(3);
  expect([...(await tablesOf(closed.run)), ...(await tablesOf(gone))]).toEqual([]);
  expect(await tables(world, /^members_/)).toEqual(members);
});

test('the next run of an activation cleans up after a killed one', async () => {
  const definition = definitionFor(newActivation());
  const killed = await planned(world, definition, [ANNA]);
  await open(world, definition);
  expect(await tablesOf(killed.run)).toEqual([]);
});

test('a run that Temporal no longer knows is settled and closed by the next run of any activation, an hour later', async () => {
  const definition = definitionFor(newActivation());
  const killed = await planned(world, definition, [ANNA]);
  await sendAll(world, killed);
  const another = definitionFor(newActivation());
  await closeElsewhere(
    world.state,
    { ...execution('tidy'), activation: another.activation.id },
    everyoneIsGone,
  );
  expect(await tablesOf(killed.run)).toHaveLength(3); // it is too young to ask about
  await world.state.raw(`update runs set opened_at = opened_at - interval '61 minutes' where no = ?`, [
    killed.run,
  ]);
  await closeElsewhere(
    world.state,
    { ...execution('tidy'), activation: another.activation.id },
    everyoneIsGone,
  );
  expect(await runRow(world, killed.run)).toMatchObject({ outcome: 'failed' });
  expect(await tablesOf(killed.run)).toEqual([]);
  // Actito's confirmations are kept: nothing is sent again.
  expect((await planned(world, definition, [ANNA])).plan).toMatchObject({
    toSend: 0,
    push: 'first delivery',
  });
});

test('a running run of another activation is left alone, however old it is', async () => {
  const running = await newPlanned();
  await world.state.raw(`update runs set opened_at = opened_at - interval '1 day' where no = ?`, [
    running.run,
  ]);
  const { run_id: runId } = await runRow(world, running.run);
  const isOpen = async (holder: Holder) => holder.runId === runId;
  await closeElsewhere(world.state, { ...execution('tidy'), activation: 'another' }, isOpen);
  expect(await runRow(world, running.run)).toMatchObject({ closed_at: null });
  expect(await tablesOf(running.run)).toHaveLength(3);
});

test('a run of another namespace is left alone: our Temporal server may not know it', async () => {
  const left = await newPlanned();
  await world.state.raw(`update runs set opened_at = opened_at - interval '1 day' where no = ?`, [left.run]);
  await world.state.raw(`update activations set holder_namespace = 'other' where id = ?`, [left.activation]);
  await closeElsewhere(world.state, execution('tidy'), everyoneIsGone);
  expect(await runRow(world, left.run)).toMatchObject({ closed_at: null });
});

test('an activation that cannot be closed does not keep others open', async () => {
  const runs = [await newPlanned(), await newPlanned(), await newPlanned()];
  const ids = await Promise.all(runs.map(async ({ run }) => (await runRow(world, run)).run_id));
  await world.state.raw(`update runs set opened_at = opened_at - interval '1 day' where closed_at is null`);
  const isOpen = (holder: Holder) =>
    holder.runId === ids[1] ? Promise.reject(new Error('denied')) : Promise.resolve(false);
  await expect(closeElsewhere(world.state, execution('tidy'), isOpen)).rejects.toThrow('denied');
  const closed = await Promise.all(
    runs.map(async ({ run }) => (await runRow(world, run)).closed_at !== null),
  );
  expect(closed).toEqual([true, false, true]);
});

test.each([
  ['open', true],
  ['ended', false],
] as const)('a run that Temporal does not know counts as %s if the caller says so', async (unknown, open) => {
  const describeWorkflowExecution = () => Promise.reject(Object.assign(new Error('not found'), { code: 5 }));
  const service = { describeWorkflowExecution } as unknown as WorkflowService;
  expect(await isOpenAt(service, execution('gone'), unknown)).toBe(open);
});

test('rejects are stored once each, and counted by stage, reason and attribute', async () => {
  const run = await newPlanned();
  const rejects = [
    { key: 'one', reason: 'KeyMalformed' },
    { key: 'two', reason: 'KeyMalformed' },
    { key: '', reason: 'KeyMissing' },
    { key: 'x'.repeat(10_000), reason: 'KeyTooLong' },
  ];
  await storeRejects(world.state, run, rejects);
  await storeRejects(world.state, run, rejects.slice(0, 2));
  const bad = [{ attribute: 'a', reason: 'ValueTooLong' }];
  await setAside(world.state, run, run, await keySeedsOf(world.state, run.run), [
    { key: 'anna', pattern: '100', bad },
  ]);
  await closeRun(world.state, run, null);
  expect(await countRejects(world.state, run.run)).toEqual([
    { stage: 'extract', reason: 'KeyMalformed', attribute: '', count: 2 },
    { stage: 'extract', reason: 'KeyMissing', attribute: '', count: 1 },
    { stage: 'extract', reason: 'KeyTooLong', attribute: '', count: 1 },
    { stage: 'import', reason: 'ValueTooLong', attribute: 'a', count: 1 },
  ]);
});

test('many rejects are stored in one call', async () => {
  const run = await newPlanned();
  const many = Array.from({ length: MAX_STORED_REJECTS }, (_, no) => ({
    key: `k${no}`,
    reason: 'KeyMalformed',
  }));
  await storeRejects(world.state, run, many);
  expect(await countRejects(world.state, run.run)).toMatchObject([{ count: MAX_STORED_REJECTS }]);
});
