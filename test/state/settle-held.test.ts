import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { judgeMatches } from '../../state/plan/hold.ts';
import { closeRun } from '../../state/runs/close.ts';
import type { PlannedRun } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { until } from '../setup/until.ts';
import { deliver, goodRun, planned, sendChunk, type Fate } from './sending.ts';
import {
  activationRow,
  definitionFor,
  freshState,
  membersOf,
  newActivation,
  open,
  runRow,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

/* A run that a guard holds after its import: Actito knows too few of the new members. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const KEPT = ['a', 'b'].map((name) => ({ column: name, attribute: name, nulls: 'keep' }));
const newDefinition = () =>
  definitionFor(newActivation(), { attributes: KEPT, guards: { minMatchRatio: 0.5 } });
const people = (prefix: string, count: number, values: (string | null)[]) =>
  Array.from({ length: count }, (_, i) => ({ key: `${prefix}${i}`, values }));
/** Two patterns, and people without anything to send. */
const SEGMENT = [
  ...people('full', 120, ['1', '2']),
  ...people('half', 30, ['1', null]),
  ...people('none', 5, [null, null]),
];

/** A run in which Actito knows no member of the larger file; the result of the smaller one varies. */
async function heldRun(definition: Definition, half: Fate = 'confirmed'): Promise<PlannedRun> {
  const run = await planned(world, definition, SEGMENT);
  expect(run.plan.guards).toEqual([]);
  await importInto(run, half);
  const held = await judgeMatches(world.state, run);
  expect(held.plan.guards).toMatchObject([{ guard: 'minMatchRatio', figure: 120 }]);
  return held;
}

async function importInto(run: PlannedRun, half: Fate): Promise<void> {
  for (const chunk of await readChunks(world.state, run.run)) {
    const unmatched = people('full', 120, []).map(({ key }) => ({
      key,
      outcome: 'unmatched' as const,
      reason: 'PROFILE_NOT_FOUND',
    }));
    if (chunk.pattern === '00') await sendChunk(world, run, chunk, 'confirmed', unmatched);
    if (chunk.pattern === '01') await sendChunk(world, run, chunk, half);
  }
}

/** Sessions of this state that wait for a lock. */
async function untilWaiting(count: number): Promise<void> {
  await until(`${count} wait`, async () => {
    const { rows } = await world.state.raw<{ rows: unknown[] }>(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length === count;
  });
}

const stateOf = async ({ activation, run }: PlannedRun) => {
  const lease = { fence: '', holder_namespace: '', holder_workflow: '', holder_run: '' };
  const row = { ...(await activationRow(world, activation)), ...lease };
  return [await membersOf(world, activation), row, (await runRow(world, run)).counts];
};

test('a run held after its import keeps the results of Actito, and adds no member to the list', async () => {
  const definition = newDefinition();
  const run = await heldRun(definition);
  await settleRun(world.state, run);
  const members = await membersOf(world, definition.activation.id);
  const outcomes = (prefix: string) =>
    members.filter(({ key }) => key.startsWith(prefix)).map(({ outcome }) => outcome);
  expect(outcomes('full')).toEqual(Array(120).fill('unmatched'));
  expect(outcomes('half')).toEqual(Array(30).fill('ok'));
  expect(members.filter(({ listed }) => listed)).toEqual([]);
  expect(await activationRow(world, definition.activation.id)).toMatchObject({
    list_members: '0',
    list_target: null,
    list_delivered_at: null,
  });
  expect((await runRow(world, run.run)).settled_at).toBeNull();
});

test.each<Fate>(['confirmed', 'doubtful', 'unexplained', 'untouched'])(
  'the next run imports none of it again, is held by the stored results, and has the displayed hash (half: %s)',
  async (half) => {
    const definition = newDefinition();
    const run = await heldRun(definition, half);
    await settleRun(world.state, run);
    await closeRun(world.state, run, ended('held'));
    const next = await planned(world, definition, SEGMENT);
    expect(next.plan.guards).toMatchObject([{ guard: 'minMatchRatio', figure: 120 }]);
    expect(next.plan.hash).toBe(run.plan.hash);
    expect(next.plan.toSend).toBe(['doubtful', 'untouched'].includes(half) ? 30 : 0);
    expect(next.counts).toMatchObject({ added: 155 });
  },
);

test('judging it again gives the same plan, even if an earlier attempt has recorded another result since', async () => {
  const held = await heldRun(newDefinition(), 'untouched');
  const [, half] = await readChunks(world.state, held.run);
  await sendChunk(world, held, half!, 'confirmed');
  expect(await judgeMatches(world.state, held)).toEqual(held);
});

test('two attempts that judge at once give one plan, even if a result waits to be recorded between them', async () => {
  const run = await planned(world, newDefinition(), SEGMENT);
  await importInto(run, 'untouched');
  const keeper = await world.state.transaction();
  await keeper.raw('select from runs where no = ? for no key update', [run.run]);
  const first = judgeMatches(world.state, run);
  await untilWaiting(1); // to save its plan
  const [, half] = await readChunks(world.state, run.run);
  const recorded = sendChunk(world, run, half!, 'confirmed');
  await untilWaiting(2); // results are recorded before or after a decision, never during one
  const second = judgeMatches(world.state, run);
  await untilWaiting(3);
  await keeper.rollback();
  await recorded;
  expect((await first).plan.guards).toHaveLength(1);
  expect(await second).toEqual(await first);
});

test('later results do not hold a run whose list may be on the server', async () => {
  const run = await planned(world, newDefinition(), SEGMENT);
  expect((await judgeMatches(world.state, run)).plan.guards).toEqual([]);
  await deliver(world, run, { arrives: false });
  await importInto(run, 'confirmed');
  expect(await judgeMatches(world.state, run)).toEqual(run);
});

test('settling it twice changes nothing more', async () => {
  const run = await heldRun(newDefinition(), 'refused');
  await settleRun(world.state, run);
  const once = await stateOf(run);
  await settleRun(world.state, run);
  expect(await stateOf(run)).toEqual(once);
});

test('the run that takes over after the former one was settled and killed finds its results, and continues', async () => {
  const definition = newDefinition();
  const run = await heldRun(definition);
  await settleRun(world.state, run);
  const once = await stateOf(run);
  const next = await open(world, definition);
  expect(await stateOf(run)).toEqual(once);
  await closeRun(world.state, next, ended('failed'));
});

test('the run that takes over before the former one was settled settles it', async () => {
  const definition = newDefinition();
  await heldRun(definition);
  await open(world, definition);
  const members = await membersOf(world, definition.activation.id);
  expect(members.filter(({ outcome }) => outcome === 'unmatched')).toHaveLength(120);
});

test('once enough of the new members are matched, they enter the list, and nothing is sent again', async () => {
  const definition = newDefinition();
  const run = await heldRun(definition);
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('held'));
  const lenient = {
    ...definition.activation,
    guards: { ...definition.activation.guards, minMatchRatio: 0.1 },
  };
  const next = await goodRun(world, { ...definition, activation: lenient }, SEGMENT);
  expect(next.plan).toMatchObject({ guards: [], toSend: 0, push: 'first delivery', list: { members: 155 } });
  const members = await membersOf(world, definition.activation.id);
  expect(members.filter(({ listed }) => listed)).toHaveLength(155);
});
