import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyRetention } from '../../state/runs/retention.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { deliver, goodRun, planned } from './sending.ts';
import { definitionFor, freshState, membersOf, newActivation, type StateWorld } from './support.ts';
import { asList, foreseen, goodUndo, listOf, plannedUndo } from './undoing.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const DAY = 24 * 3_600_000;
const VALUES = ['1', '2', '3'];
const people = (...keys: string[]) => keys.map((key) => ({ key, values: VALUES }));

const changesOf = (run: string) =>
  rows(world.state, 'select key, change, identifier from changes where run = ? order by key', [run]);

/** Lets days pass since a run was settled. */
const age = (run: string, days: number) =>
  world.state.raw(`update runs set settled_at = settled_at - ? * interval '1 day' where no = ?`, [days, run]);

test('the first delivery is not logged; later ones are, with added and removed members and their identifiers', async () => {
  const definition = definitionFor(newActivation(), {
    list: { identifier: { column: 'card', attribute: 'cardNumber' } },
  });
  const row = (key: string, identifier: string) => ({ key, identifier, values: VALUES });
  const first = await goodRun(world, definition, [row('anna', 'a1'), row('bob', 'b1'), row('eve', 'e1')]);
  const second = await goodRun(world, definition, [row('anna', 'a1'), row('bob', 'b2'), row('fay', 'f1')]);
  expect(await changesOf(first.run)).toEqual([]);
  expect(await changesOf(second.run)).toEqual([
    { key: 'bob', change: 'reidentified', identifier: 'b1' },
    { key: 'eve', change: 'left', identifier: 'e1' },
    { key: 'fay', change: 'entered', identifier: null },
  ]);
});

test('changes without a delivery are not logged', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people('anna'));
  const run = await planned(world, definition, people('anna', 'bob'));
  await deliver(world, run, { arrives: false });
  await settleRun(world.state, run);
  expect(await changesOf(run.run)).toEqual([]);
});

test('an undo sends no attributes, and keeps all confirmed values of the members that stay', async () => {
  const definition = definitionFor(newActivation());
  const first = await goodRun(world, definition, people('anna', 'bob'));
  await goodRun(world, definition, people('bob', 'eve'));
  const [bob] = (await membersOf(world, definition.activation.id)).filter(({ key }) => key === 'bob');
  const undone = await goodUndo(world, definition, first.run);
  expect(undone.plan).toMatchObject({ toSend: 0, push: 'changed', guards: [] });
  expect(await membersOf(world, definition.activation.id)).toEqual([
    { ...bob, key: 'anna', attribute_mark: null, hashes: null },
    bob,
  ]);
});

test('the next run follows the segment again, even if the segment has not changed', async () => {
  const definition = definitionFor(newActivation());
  const first = await goodRun(world, definition, people('anna', 'bob'));
  await goodRun(world, definition, people('bob', 'eve'));
  await goodUndo(world, definition, first.run);
  const next = await goodRun(world, definition, people('bob', 'eve'));
  expect(next.plan).toMatchObject({ toSend: 1, push: 'changed' });
  expect(await listOf(world, definition)).toEqual(asList(people('bob', 'eve')));
});

test('an undo to the current list changes nothing, and delivers nothing', async () => {
  const definition = definitionFor(newActivation());
  const { run } = await goodRun(world, definition, people('anna'));
  expect((await plannedUndo(world, definition, run)).plan).toMatchObject({ push: null, toSend: 0 });
});

test('guards apply to an undo as to any plan', async () => {
  const everyone = Array.from({ length: 200 }, (_, i) => `m${i}`);
  const definition = definitionFor(newActivation(), { guards: {} });
  const small = await goodRun(world, definition, people(...everyone.slice(0, 100)));
  await goodRun(world, definition, people(...everyone));
  const { plan } = await plannedUndo(world, definition, small.run);
  expect(plan.guards).toMatchObject([{ guard: 'maxRemovedRatio', figure: 100 }]);
});

test('the plan of an undo differs from that of a segment with the same effect', async () => {
  const definition = definitionFor(newActivation(), { attributes: [] });
  const first = await goodRun(world, definition, [{ key: 'anna', values: [] }]);
  await goodRun(world, definition, [{ key: 'bob', values: [] }]);
  const segment = await planned(world, definition, [{ key: 'anna', values: [] }], { dryRun: true });
  const undo = await plannedUndo(world, definition, first.run, { dryRun: true });
  expect(undo.plan.hash).not.toBe(segment.plan.hash);
  expect((await plannedUndo(world, definition, first.run, { dryRun: true })).plan.hash).toBe(undo.plan.hash);
});

test('a mapping that no run has read yet does not prevent an undo', async () => {
  const id = newActivation();
  const { run } = await goodRun(world, definitionFor(id), people('anna'));
  await goodRun(world, definitionFor(id), people('bob'));
  const other = definitionFor(id, { attributes: [{ column: 'new', attribute: 'new' }] });
  await goodUndo(world, other, run);
  expect(await listOf(world, other)).toEqual({ anna: null });
});

test('changes are deleted after their retention period, and the oldest run for an undo is reported', async () => {
  const definition = definitionFor(newActivation());
  const lists = [people('a'), people('a', 'b'), people('b', 'c'), people('d')];
  const runs: string[] = [];
  for (const list of lists) runs.push((await goodRun(world, definition, list)).run);
  const [first, second, third, fourth] = runs as [string, string, string, string];
  for (const run of [first, second]) await age(run, 15);
  const retention = { rejects: 14 * DAY, changeLog: 14 * DAY, runs: 90 * DAY };
  await applyRetention(world.state, retention);

  expect(await changesOf(second)).toEqual([]);
  expect(await changesOf(third)).toHaveLength(2);
  await expect(foreseen(world, definition, first)).rejects.toThrow(
    `no longer covers run ${first}. The oldest run that can be restored is ${second} (20`,
  );
  expect(await foreseen(world, definition, second)).toEqual(asList(lists[1]!));
  expect(await foreseen(world, definition, third)).toEqual(asList(lists[2]!));
  expect(await foreseen(world, definition, fourth)).toEqual(asList(lists[3]!));
});

test('a run is not deleted before its changes', async () => {
  const definition = definitionFor(newActivation());
  const run = await goodRun(world, definition, people('a'));
  const logged = await goodRun(world, definition, people('b'));
  await goodRun(world, definition, people('c'));
  await world.state.raw(
    `update runs set closed_at = closed_at - interval '91 days' where no in (${run.run}, ${logged.run});
     update deliveries set delivered_at = delivered_at - interval '91 days' where run in (${run.run}, ${logged.run});
     update imports set intended_at = intended_at - interval '91 days' where run in (${run.run}, ${logged.run})`,
  );
  await applyRetention(world.state, { rejects: DAY, changeLog: 90 * DAY, runs: 90 * DAY });
  expect(
    await rows(world.state, 'select no from runs where activation = ? order by no', [run.activation]),
  ).toHaveLength(2);
  await age(logged.run, 91);
  await applyRetention(world.state, { rejects: DAY, changeLog: 90 * DAY, runs: 90 * DAY });
  expect(await changesOf(logged.run)).toEqual([]);
  expect(await rows(world.state, 'select from runs where activation = ?', [run.activation])).toHaveLength(1);
});

test('a run whose changes are not logged prevents an undo to the runs before it', async () => {
  const definition = definitionFor(newActivation());
  const first = await goodRun(world, definition, people('a'));
  const second = await goodRun(world, definition, people('b'));
  await goodRun(world, definition, people('c'));
  await world.state.raw('update runs set changes_logged = false where no = ?', [second.run]);
  await expect(foreseen(world, definition, first.run)).rejects.toThrow(
    `The oldest run that can be restored is ${second.run} `,
  );
  expect(await foreseen(world, definition, second.run)).toEqual({ b: null });
});
