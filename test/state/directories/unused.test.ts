import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDirectory, type Directory } from '../../../state/profiles/directory.ts';
import { applyRetention } from '../../../state/runs/retention.ts';
import { rows } from '../../../state/state.ts';
import { until } from '../../setup/until.ts';
import { activationRow, freshState, tables, type StateWorld } from '../support.ts';
import { begin, directoryOf, listOf, load, profilesOf, run, type Segment } from './support.ts';

/* Directories that nothing uses any more. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const DAY = 86_400_000;
const PROFILES = [
  ['p1', 'anna'],
  ['p2', 'ben'],
] as const;
const EVERYONE: Segment = [
  ['anna', '1'],
  ['ben', '2'],
];

const keepDays = (days: number) =>
  applyRetention(world.state, { rejects: DAY, changeLog: DAY, runs: days * DAY });
const age = ({ id }: Directory, days: number) =>
  world.state.raw(`update directories set used_at = used_at - ${days} * interval '1 day' where id = ?`, [id]);

/** What is left of a directory: its row, its exports and its tables. */
async function left({ id }: Directory) {
  const [counted] = await rows<{ directories: number; exports: number }>(
    world.state,
    `select cast((select count(*) from directories where id = :id) as integer) as directories,
            cast((select count(*) from exports where directory = :id) as integer) as exports`,
    { id },
  );
  return { ...counted, tables: (await tables(world, new RegExp(`^profile(s|_changes)_${id}$`))).length };
}
const WHOLE = { directories: 1, exports: 1, tables: 2 };
const GONE = { directories: 0, exports: 0, tables: 0 };

test('a directory that was not used for longer than runs are kept is dropped with its profiles and exports', async () => {
  const { id, directory, definition } = await begin(world, PROFILES);
  await run(world, definition, EVERYONE);
  const { directory: used } = await begin(world, PROFILES);
  await age(directory, 31);
  await keepDays(32);
  expect(await left(directory)).toEqual(WHOLE);
  await keepDays(30);
  expect(await left(directory)).toEqual(GONE);
  expect(await left(used)).toEqual(WHOLE);
  expect(await activationRow(world, id)).toMatchObject({ directory: null, directory_load: null });
});

test('opening a directory counts as its use', async () => {
  const { directory } = await begin(world, PROFILES);
  await age(directory, 31);
  await openDirectory(world.state, directory);
  await keepDays(30);
  expect(await left(directory)).toEqual(WHOLE);
});

test('a directory that is opened often is written at most twice a day', async () => {
  const { directory } = await begin(world, []);
  const version = () => rows(world.state, 'select xmin from directories where id = ?', [directory.id]);
  const before = await version();
  await openDirectory(world.state, directory);
  expect(await version()).toEqual(before);
});

test('an activation that returns gets a new directory, and its list stays as it was', async () => {
  const { id, directory, definition } = await begin(world, PROFILES);
  await run(world, definition, EVERYONE);
  const before = await listOf(world, id);
  await age(directory, 31);
  await keepDays(30);
  const later = await directoryOf(world, id);
  expect(later.id).not.toBe(directory.id);
  await load(world, later, PROFILES, { kind: 'full' });
  const next = await run(world, definition, EVERYONE);
  expect(next.counts).toMatchObject({ added: 0, removed: 0, members: 2 });
  expect(before).toHaveLength(2);
  expect(await listOf(world, id)).toEqual(before);
});

test('a directory whose profiles are locked, as by a backup, stays whole until the next time', async () => {
  const { directory, id, definition } = await begin(world, PROFILES);
  await run(world, definition, EVERYONE);
  await age(directory, 31);
  await world.state.transaction(async (backup) => {
    await backup.raw(`lock table profiles_${directory.id} in access share mode`);
    await keepDays(30);
  });
  expect(await left(directory)).toEqual(WHOLE);
  expect(await activationRow(world, id)).toMatchObject({ directory: directory.id });
  await keepDays(30);
  expect(await left(directory)).toEqual(GONE);
});

test('a directory into which an export is being read stays', async () => {
  const { directory } = await begin(world, PROFILES);
  await age(directory, 31);
  await world.state.transaction(async (loading) => {
    await loading.raw('select from directories where id = ? for no key update', [directory.id]);
    await keepDays(30);
  });
  expect(await left(directory)).toEqual(WHOLE);
});

test('whoever opens a directory while it is dropped gets one that works', async () => {
  const { directory } = await begin(world, PROFILES);
  await age(directory, 31);
  const reader = await world.state.transaction();
  await reader.raw(`lock table profiles_${directory.id} in access share mode`);
  const waiting = (count: number, what: string) =>
    until(what, async () => {
      const found = await rows(
        world.state,
        `select from pg_locks join pg_database on oid = database and datname = current_database() where not granted`,
      );
      return found.length >= count;
    });
  const dropping = keepDays(30);
  const opening = waiting(1, 'retention waits').then(() => openDirectory(world.state, directory));
  opening.catch(() => undefined); // awaited below
  try {
    await waiting(2, 'the reader waits, too');
  } finally {
    await reader.rollback();
  }
  await dropping;
  const opened = await opening;
  await load(world, opened, [...PROFILES, ['p3', 'eve']]);
  expect(await profilesOf(world, opened)).toHaveLength(3);
  expect(await left(opened)).toMatchObject({ directories: 1, tables: 2 });
});
