import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../state/runs/close.ts';
import { rebaseRun } from '../../state/settle/rebase.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { goodRun, listLines, planned, rebased, sendAll } from './sending.ts';
import {
  activationRow,
  definitionFor,
  freshState,
  marksOf,
  membersOf,
  newActivation,
  open,
  runRow,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const person = (key: string, first = '1') => ({ key, values: [first, '2', '3'] });
const people = (count: number) => Array.from({ length: count }, (_, i) => person(`p${i}`));
const stateOf = async ({ activation: { id } }: Definition) => [
  await membersOf(world, id),
  {
    ...(await activationRow(world, id)),
    fence: 0,
    holder_workflow: '',
    holder_run: '',
    holder_namespace: '',
  },
];

test('with an empty state, the next run sends no attributes and delivers the list once', async () => {
  const definition = definitionFor(newActivation());
  const run = await rebased(world, definition, people(3));
  expect(run.plan).toMatchObject({ push: null, toSend: 0 });
  const next = await goodRun(world, definition, people(3));
  expect(next.plan).toMatchObject({ push: 'repair', toSend: 0 });
  expect(next.counts).toMatchObject({ added: 0, removed: 0, unchanged: 3 });
  expect((await planned(world, definition, people(3))).plan).toMatchObject({ push: null, toSend: 0 });
});

test('later changes are sent, and added and removed members are known', async () => {
  const definition = definitionFor(newActivation());
  await rebased(world, definition, [person('anna'), person('bob')]);
  const next = await planned(world, definition, [person('anna', 'x'), person('carl')]);
  expect(next.counts).toMatchObject({ added: 1, removed: 1, changed: 1 });
  expect(next.plan).toMatchObject({ toSend: 2, push: 'repair' });
  expect(await listLines(world, next)).toEqual(['anna', 'carl']);
});

test('members become exactly the segment, whatever the state held; listed members keep their first day', async () => {
  const definition = definitionFor(newActivation(), { removal: { after: '9 runs' } });
  await goodRun(
    world,
    definition,
    ['anna', 'bob', 'carl'].map((key) => person(key)),
  );
  const first = await goodRun(world, definition, [person('anna'), person('bob')]); // carl will be removed
  const doubtful = await planned(world, definition, [person('anna', 'x'), person('bob')]);
  await sendAll(world, doubtful, 'doubtful');
  await settleRun(world.state, doubtful);
  await closeRun(world.state, doubtful, null);

  const run = await rebased(world, definition, [person('anna', 'y'), person('dora')]);
  const { id } = definition.activation;
  const { seed } = await activationRow(world, id);
  const assumed = (key: string, first: string) => {
    const { hashes, attributeMark } = marksOf(definition, String(seed), person(key, first));
    const values = { hashes, attribute_mark: attributeMark, outcome: 'assumed', retry_at: null };
    return { key, identifier: null, listed: true, ...values };
  };
  expect(await membersOf(world, id)).toEqual([assumed('anna', 'y'), assumed('dora', '1')]);
  const { rows } = await world.state.raw<{ rows: { since: string }[] }>(
    `select since from members_${id.replaceAll('-', '_')} order by key`,
  );
  expect(Number(rows[0]!.since)).toBeLessThan(Number(first.run));
  expect(rows[1]!.since).toBe(run.run);
});

test('a member whose rows contradict each other is on the list, and none of its values count as known', async () => {
  const definition = definitionFor(newActivation());
  const segment = [person('anna'), person('anna', 'x')];
  await rebased(world, definition, segment);
  expect(await membersOf(world, definition.activation.id)).toMatchObject([
    { hashes: null, attribute_mark: null, outcome: 'ok' },
  ]);
  expect((await planned(world, definition, segment)).plan.toSend).toBe(0);
  expect((await planned(world, definition, [person('anna')])).plan.toSend).toBe(1);
});

test('a segment that lost half of its members is held, and is not adopted', async () => {
  const definition = definitionFor(newActivation(), { guards: {} });
  await goodRun(world, definition, people(200));
  const before = await stateOf(definition);
  const run = await planned(world, definition, people(100), { rebase: true });
  expect(run.plan.guards.map(({ guard }) => guard)).toEqual(['maxRemovedRatio']);
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('held'));
  expect(await stateOf(definition)).toEqual(before);
  await expect(
    rebaseRun(world.state, await planned(world, definition, people(100), { rebase: true })),
  ).rejects.toThrow('is not to rebase');
});

test('a rebase that was canceled or killed before its last step has changed nothing', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const before = await stateOf(definition);
  const cancelled = await planned(world, definition, people(2), { rebase: true });
  await settleRun(world.state, cancelled);
  await closeRun(world.state, cancelled, ended('cancelled'));
  await planned(world, definition, people(1), { rebase: true });
  await open(world, definition);
  expect(await stateOf(definition)).toEqual(before);
});

test('unchanged rows stay as they are: values that Actito confirmed do not become assumptions', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [person('anna'), person('bob')]);
  await rebased(world, definition, [person('anna'), person('bob', 'x')]);
  expect(await membersOf(world, definition.activation.id)).toMatchObject([
    { key: 'anna', outcome: 'ok' },
    { key: 'bob', outcome: 'assumed' },
  ]);
});

test('a rebase is not applied if the state has changed since it was planned', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const overtaken = await planned(world, definition, people(2), { rebase: true });
  await open(world, definition);
  const before = await stateOf(definition);
  await expect(rebaseRun(world.state, overtaken)).rejects.toMatchObject({ type: 'RunSuperseded' });
  expect(await stateOf(definition)).toEqual(before);
});

test('a retry of the last step finds it done', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, people(3), { rebase: true });
  await rebaseRun(world.state, run);
  const once = [await stateOf(definition), await runRow(world, run.run)];
  await rebaseRun(world.state, run);
  await settleRun(world.state, run);
  expect([await stateOf(definition), await runRow(world, run.run)]).toEqual(once);
});

test('the plan of a rebase has another hash than a run that would send the same', async () => {
  const definition = definitionFor(newActivation());
  const hashes = [];
  for (const rebase of [true, false])
    hashes.push((await planned(world, definition, people(1), { rebase })).plan.hash);
  expect(hashes[0]).not.toBe(hashes[1]);
});
