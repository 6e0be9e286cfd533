import { afterAll, beforeAll, expect, test } from 'vitest';
import { extract, freshState, open, type StateWorld } from '../support.ts';
import { planned } from '../sending.ts';
import { goodUndo, plannedUndo } from '../undoing.ts';
import { readPlanned } from '../../../state/runs/runs.ts';
import { begin, deltaRows, listOf, load, outcomesOf, rowsOf, run, type Segment } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const EVERYONE: Segment = [
  ['anna', '1'],
  ['ben', '2'],
  ['carl', '3'],
];
const PROFILES = [
  ['p1', 'anna'],
  ['p2', 'ben'],
  ['p3', 'carl'],
] as const;

/** A first list of everyone that a second run reduced to Anna, and what the exports said then. */
async function reduced(changed: Parameters<typeof load>[2]) {
  const begun = await begin(world, PROFILES);
  await run(world, begun.definition, [['anna', '1']]);
  const full = await run(world, begun.definition, EVERYONE);
  await run(world, begun.definition, [['anna', '1']]);
  if (changed.length > 0) await load(world, begun.directory, changed);
  return { ...begun, to: full.run };
}

test('an undo puts members back with the profiles that they still have', async () => {
  const { id, definition, to } = await reduced([]);
  const undo = await goodUndo(world, definition, to);
  expect(undo.counts).toMatchObject({ read: 3, members: 3, added: 2, waiting: 0 });
  expect(await listOf(world, id)).toEqual([
    ['anna', 'p1'],
    ['ben', 'p2'],
    ['carl', 'p3'],
  ]);
});

test.each([
  { now: 'no profile', changed: [['p2', 'former@ben']] },
  {
    now: 'another profile',
    changed: [
      ['p2', 'former@ben'],
      ['p7', 'ben'],
    ],
  },
  { now: 'several profiles', changed: [['p7', 'ben']] },
] as const)('a member whose key has $now is left out of the undo, and counted', async ({ changed }) => {
  const { id, definition, to } = await reduced(changed);
  const undo = await goodUndo(world, definition, to);
  expect(undo.counts).toMatchObject({ read: 3, members: 2, added: 1, waiting: 1 });
  expect(await listOf(world, id)).toEqual([
    ['anna', 'p1'],
    ['carl', 'p3'],
  ]);
});

test('a member who waits for a profile is not put back, and the next run adds them when they have one', async () => {
  const { id, directory, definition } = await begin(world, PROFILES);
  await run(world, definition, [['anna', '1']]);
  const full = await run(world, definition, EVERYONE);
  await load(world, directory, [['p2', null]]);
  await run(world, definition, EVERYONE);
  const undo = await goodUndo(world, definition, full.run);
  expect(undo.counts).toMatchObject({ added: 0, removed: 0, waiting: 1 });
  expect(await outcomesOf(world, id)).toMatchObject({ ben: 'waiting' });
  await load(world, directory, [['p2', 'ben']]);
  await run(world, definition, EVERYONE);
  expect(await listOf(world, id)).toContainEqual(['ben', 'p2']);
});

test('a listed member whose profile changed since keeps the present one', async () => {
  const { id, directory, definition } = await begin(world, PROFILES);
  await run(world, definition, [['anna', '1']]);
  const full = await run(world, definition, EVERYONE);
  await load(world, directory, [
    ['p2', 'former@ben'],
    ['p7', 'ben'],
  ]);
  await run(world, definition, EVERYONE);
  const undo = await goodUndo(world, definition, full.run);
  expect(undo.counts).toMatchObject({ members: 3, added: 0, removed: 0, waiting: 0 });
  expect(await listOf(world, id)).toContainEqual(['ben', 'p7']);
});

test('a member who waited then, and was added since, is removed; the next run adds them again', async () => {
  const { id, directory, definition } = await begin(world, PROFILES.slice(0, 2));
  await run(world, definition, [['anna', '1']]);
  const before = await run(world, definition, EVERYONE);
  await load(world, directory, [['p3', 'carl']]);
  await run(world, definition, EVERYONE);
  expect(await listOf(world, id)).toContainEqual(['carl', 'p3']);
  await goodUndo(world, definition, before.run);
  expect(await listOf(world, id)).not.toContainEqual(['carl', 'p3']);
  await run(world, definition, EVERYONE);
  expect(await listOf(world, id)).toContainEqual(['carl', 'p3']);
});

test('an undo does not hide a change of the directory from the next run', async () => {
  const { id, directory, definition, to } = await reduced([]);
  await load(world, directory, [
    ['p1', 'former@anna'],
    ['p9', 'anna'],
  ]);
  await goodUndo(world, definition, to);
  await run(world, definition, EVERYONE);
  expect(await listOf(world, id)).toContainEqual(['anna', 'p9']);
});

test('an undo without a directory needs one', async () => {
  const { definition, directory, to } = await reduced([]);
  await world.state.raw('update directories set load = 0 where id = ?', [directory.id]);
  await expect(plannedUndo(world, definition, to)).rejects.toMatchObject({
    told: { reason: 'directoryEmpty' },
  });
});

test('a resync resolves the list by the directory, and leaves out members who wait', async () => {
  const { id, directory, definition } = await begin(world, PROFILES);
  await run(world, definition, EVERYONE);
  await load(world, directory, [
    ['p1', 'former@anna'],
    ['p9', 'anna'],
    ['p2', null],
  ]);
  const opened = await open(world, definition, { resync: true });
  await extract(world, opened, rowsOf(EVERYONE));
  const made = await readPlanned(world.state, opened.run);
  expect(await deltaRows(world, made)).toEqual([
    { key: 'anna', membership: 'reidentified', attributes: 'fresh' },
    { key: 'ben', membership: 'waiting', attributes: null },
    { key: 'carl', membership: null, attributes: 'fresh' },
  ]);
  expect(made.counts).toMatchObject({ members: 2, removed: 1, waiting: 1 });
  expect(await listOf(world, id)).toHaveLength(3);
});

test('a member whom an undo gives another profile gets the attributes of that profile with the next run', async () => {
  const { id, directory, definition } = await begin(world, PROFILES);
  const full = await run(world, definition, EVERYONE);
  const moved = [
    ['p2', 'former@ben'],
    ['p7', 'ben'],
  ] as const;
  await load(world, directory, moved);
  await run(world, definition, EVERYONE); // ben's profile is p7
  await load(world, directory, [
    ['p2', 'ben'],
    ['p7', null],
  ]);
  await confirmAll(id);
  await goodUndo(world, definition, full.run); // ben's profile is p2 again
  expect(await listOf(world, id)).toContainEqual(['ben', 'p2']);
  const next = await planned(world, definition, rowsOf(EVERYONE));
  expect(await deltaRows(world, next)).toContainEqual({ key: 'ben', membership: null, attributes: 'fresh' });
});

/** Records that Actito confirmed what was sent last, whatever it was. */
async function confirmAll(id: string): Promise<void> {
  await world.state.raw(
    `update members_${id.replaceAll('-', '_')} set attribute_mark = coalesce(attribute_mark, 0)`,
  );
}
