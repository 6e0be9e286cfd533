import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEY_RULES } from '../../../activation/keys/canonical.ts';
import { directoryKey, openDirectory } from '../../../state/profiles/directory.ts';
import { isSameVersion, noteUnread, readExports } from '../../../state/profiles/exports.ts';
import { renewDirectory } from '../../../state/profiles/load.ts';
import { recordForgotten } from '../../../state/forgotten/record.ts';
import { freshState, newActivation, type StateWorld } from '../support.ts';
import { changesOf, directoryOf, knownBy, load, ownTable, profilesOf, resolvedBy } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

test('a daily export adds and changes profiles, and logs every key whose profile changed', async () => {
  const directory = await directoryOf(world, newActivation());
  await load(world, directory, [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
  ]);
  const loaded = await load(world, directory, [
    ['2', 'b'],
    ['3', 'c2'],
    ['4', 'd'],
    ['1', null],
  ]);
  expect(loaded).toEqual({ load: 2, profiles: 4, unusable: 0 });
  expect(await profilesOf(world, directory)).toEqual([
    ['1', null],
    ['2', 'b'],
    ['3', 'c2'],
    ['4', 'd'],
  ]);
  // What the first load added is no change: nothing was compared before it.
  expect(await changesOf(world, directory)).toEqual([
    [2, 'a'],
    [2, 'c'],
    [2, 'c2'],
    [2, 'd'],
  ]);
});

test('a full export replaces all profiles, and logs the keys of those that are gone', async () => {
  const directory = await directoryOf(world, newActivation());
  await load(world, directory, [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
  ]);
  await load(
    world,
    directory,
    [
      ['2', 'b'],
      ['3', 'c3'],
      ['5', 'a'],
    ],
    { kind: 'full' },
  );
  expect(await profilesOf(world, directory)).toEqual([
    ['2', 'b'],
    ['3', 'c3'],
    ['5', 'a'],
  ]);
  expect(await changesOf(world, directory)).toEqual([
    [2, 'a'],
    [2, 'c'],
    [2, 'c3'],
  ]);
  // The table that replaced the first one has its indexes, so it can be merged into.
  await load(world, directory, [['2', 'b2']]);
  expect(await profilesOf(world, directory)).toContainEqual(['2', 'b2']);
});

test.each(['daily', 'full'] as const)(
  'a profile that a %s export repeats has the key of its last line',
  async (kind) => {
    const directory = await directoryOf(world, newActivation());
    const repeated = [
      ['1', 'a'],
      ['2', 'b'],
      ['1', 'a2'],
      ['1', 'a3'],
    ] as const;
    expect(await load(world, directory, repeated, { kind })).toMatchObject({ profiles: 2 });
    expect(await profilesOf(world, directory)).toEqual([
      ['1', 'a3'],
      ['2', 'b'],
    ]);
  },
);

test('keys are stored in the spelling of members, and unusable ones are counted', async () => {
  const id = newActivation();
  const definition = ownTable(
    id,
    resolvedBy(id, { matchingKey: { column: 'id', type: 'email', attribute: 'emailAddress' } }),
  );
  const directory = await openDirectory(world.state, directoryKey(definition));
  const loaded = await load(world, directory, [
    ['1', ' Anna@Shop.BE '],
    ['2', 'no address'],
    ['3', null],
    ['4', 'ben@shop.be'],
  ]);
  expect(loaded).toMatchObject({ profiles: 4, unusable: 1 });
  expect(await profilesOf(world, directory)).toEqual([
    ['1', 'anna@shop.be'],
    ['2', null],
    ['3', null],
    ['4', 'ben@shop.be'],
  ]);
});

test('a full export with less than half of the profiles, or none, is used only if a person says so', async () => {
  const directory = await directoryOf(world, newActivation());
  await expect(load(world, directory, [], { kind: 'full' })).rejects.toMatchObject({
    type: 'ExportInvalid',
    told: { reason: 'exportShrunk', facts: { profiles: 0, known: 0 } },
  });
  await load(
    world,
    directory,
    ['1', '2', '3', '4', '5'].map((id) => [id, id]),
  );
  const two = [
    ['1', '1'],
    ['2', '2'],
  ] as const;
  await expect(load(world, directory, two, { kind: 'full' })).rejects.toMatchObject({
    told: { reason: 'exportShrunk', facts: { profiles: 2, known: 5 } },
  });
  const withoutKeys = ['1', '2', '3', '4', '5'].map((id) => [id, id === '1' ? id : null] as const);
  await expect(load(world, directory, withoutKeys, { kind: 'full' })).rejects.toMatchObject({
    told: { reason: 'exportShrunk', facts: { profiles: 1, known: 5 } },
  });
  expect(await profilesOf(world, directory)).toHaveLength(5);
  await load(world, directory, two, { kind: 'full', mayShrink: true });
  expect(await profilesOf(world, directory)).toHaveLength(2);
});

test('a worker that chose its file before others read theirs reads nothing, so no older export undoes a newer one', async () => {
  const id = newActivation();
  const directory = await directoryOf(world, id);
  const older = { name: 'monday', modified: new Date(2026, 0, 1), size: 7 };
  await load(world, directory, [['1', 'old']], older);
  await load(world, directory, [['1', 'new']], { name: 'tuesday' });
  expect(await load(world, directory, [['1', 'old']], { ...older, isStale: true })).toBeNull();
  const unread = { name: 'sunday', isStale: true };
  expect(await load(world, directory, [['1', 'older']], unread)).toBeNull();
  expect(await profilesOf(world, directory)).toEqual([['1', 'new']]);
  // A later look, by a worker that knows of those loads, may read it on purpose.
  const now = await directoryOf(world, id);
  expect(await load(world, now, [['1', 'old']], older)).toMatchObject({ load: 3 });
});

test('what was read, refused or is incomplete is remembered by version of the file', async () => {
  const directory = await directoryOf(world, newActivation());
  const file = { name: 'f.csv', kind: 'daily' as const, size: 10, modified: new Date(2026, 0, 1) };
  const failure = { reason: 'exportWaits', facts: { file: 'f.csv' }, next: [], message: 'm' } as const;
  await noteUnread(world.state, knownBy(directory), file, {
    status: 'incomplete',
    failure: failure as never,
  });
  const known = (await readExports(world.state, knownBy(directory))).get('f.csv');
  expect(known).toMatchObject({ status: 'incomplete', failure });
  expect(isSameVersion(known, file)).toBe(true);
  expect(isSameVersion(known, { ...file, size: 11 })).toBe(false);
  expect(isSameVersion(known, { ...file, modified: new Date(2026, 0, 2) })).toBe(false);
  await world.state.raw(`update exports set met_at = now() - interval '2 hours'`);
  await noteUnread(world.state, knownBy(directory), file, {
    status: 'incomplete',
    failure: failure as never,
  });
  const later = (await readExports(world.state, knownBy(directory))).get('f.csv')!;
  expect(later.knownFor).toBeGreaterThan(3_600_000);
  await noteUnread(
    world.state,
    knownBy(directory),
    { ...file, size: 20 },
    { status: 'incomplete', failure: failure as never },
  );
  const grown = (await readExports(world.state, knownBy(directory))).get('f.csv')!;
  expect(grown.knownFor).toBeLessThan(3_600_000);
  await load(world, directory, [['1', 'a']], { ...file, size: 30 });
  expect((await readExports(world.state, knownBy(directory))).get('f.csv')).toMatchObject({
    status: 'read',
    failure: null,
  });
});

test('the profile of a person who asked to be forgotten is not stored', async () => {
  const directory = await directoryOf(world, newActivation());
  await recordForgotten(world.state, { spellings: ['gone-person'], by: 'ann', reason: null });
  await load(world, directory, [
    ['1', 'gone-person'],
    ['2', 'other-person'],
  ]);
  expect(await profilesOf(world, directory)).toEqual([['2', 'other-person']]);
});

test('keys that were stored under other rules are made canonical again, and count as changed', async () => {
  const id = newActivation();
  const definition = ownTable(
    id,
    resolvedBy(id, { matchingKey: { column: 'id', type: 'email', attribute: 'emailAddress' } }),
  );
  const directory = await openDirectory(world.state, directoryKey(definition));
  await load(world, directory, [
    ['1', 'anna@shop.be'],
    ['2', 'ben@shop.be'],
  ]);
  await renewDirectory(world.state, await openDirectory(world.state, directoryKey(definition)));
  expect(await changesOf(world, directory)).toEqual([]);
  await world.state.raw(`update directories set rules = ? where id = ?`, [KEY_RULES - 1, directory.id]);
  await world.state.raw(`update profiles_${directory.id} set key = 'Anna@Shop.be' where profile_id = '1'`);
  await renewDirectory(world.state, await openDirectory(world.state, directoryKey(definition)));
  expect(await profilesOf(world, directory)).toContainEqual(['1', 'anna@shop.be']);
  expect(await changesOf(world, directory)).toEqual([
    [2, 'Anna@Shop.be'],
    [2, 'anna@shop.be'],
  ]);
  expect(await openDirectory(world.state, directoryKey(definition))).toMatchObject({ rules: KEY_RULES });
});
