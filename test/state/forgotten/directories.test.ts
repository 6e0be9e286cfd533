import { expect, test } from 'vitest';
import { eraseProfiles } from '../../../state/forgotten/erase-profiles.ts';
import { findForgotten } from '../../../state/report/forgotten.ts';
import { withSnapshot } from '../../../state/report/snapshot.ts';
import { rows } from '../../../state/state.ts';
import { until } from '../../setup/until.ts';
import { begin, load, profilesOf, run } from '../directories/support.ts';
import { planned } from '../sending.ts';
import { ANNA, BOB, forgettingForTests } from './support.ts';

const gdpr = forgettingForTests();

const PROFILES = [
  ['prof-anna-77', 'anna-4711'],
  ['prof-bob-78', 'bob-4712'],
] as const;
const SEGMENT = [
  ['anna-4711', '1'],
  ['bob-4712', '1'],
] as const;

/** An activation whose list has Anna and Bob, in a directory that logged a change of Anna's key. */
async function annaInDirectory() {
  const begun = await begin(gdpr.world, PROFILES);
  await load(gdpr.world, begun.directory, [['prof-anna-77', 'another-4713']]);
  await load(gdpr.world, begun.directory, [['prof-anna-77', 'anna-4711']]);
  await run(gdpr.world, begun.definition, SEGMENT);
  return begun;
}

/** Like the workflow: the directories, then the activation. */
async function forget(key: string, activation: string) {
  const { record } = await gdpr.record(key);
  await eraseProfiles(gdpr.world.state, record);
  const erased = await gdpr.erase(record, { activation });
  const proof = await withSnapshot(gdpr.world.state, (snapshot) => findForgotten(snapshot, record));
  return { record, erased, profiles: proof!.profiles };
}

test.each(['anna-4711', 'prof-anna-77'])(
  'no table has the key or the profile id of a person who is forgotten by %s, and the proof counts the rows',
  async (asked) => {
    const { id, directory } = await annaInDirectory();
    const { erased, profiles } = await forget(asked, id);
    expect(erased).toMatchObject({ members: 1, listed: 1 });
    expect(profiles).toBe(3); // the profile, and two changes of its key
    for (const text of ['anna-4711', 'prof-anna-77']) expect(await gdpr.tablesWith(text)).toEqual([]);
    expect(await profilesOf(gdpr.world, directory)).toEqual([['prof-bob-78', 'bob-4712']]);
  },
);

test.each([
  { asked: 'anna-4711', kind: 'daily' },
  { asked: 'anna-4711', kind: 'full' },
  { asked: 'prof-anna-77', kind: 'daily' },
  { asked: 'prof-anna-77', kind: 'full' },
] as const)(
  'the next $kind export does not bring back a person forgotten by $asked',
  async ({ asked, kind }) => {
    const { id, directory, definition } = await annaInDirectory();
    await forget(asked, id);
    await load(gdpr.world, directory, PROFILES, { kind });
    for (const text of ['anna-4711', 'prof-anna-77']) expect(await gdpr.tablesWith(text)).toEqual([]);
    const next = await planned(gdpr.world, definition, [
      { ...ANNA, values: ['1'] },
      { ...BOB, values: ['1'] },
    ]);
    expect(next.counts).toMatchObject({ read: 2, forgotten: 1, members: 1, waiting: 0 });
    for (const text of ['anna-4711', 'prof-anna-77']) expect(await gdpr.tablesWith(text)).toEqual([]);
  },
);

test('a profile that is forgotten by its id does not come back with another key', async () => {
  const { id, directory } = await annaInDirectory();
  await forget('prof-anna-77', id);
  await load(gdpr.world, directory, [['prof-anna-77', 'anna-new']]);
  for (const text of ['anna-new', 'prof-anna-77']) expect(await gdpr.tablesWith(text)).toEqual([]);
});

test('a profile that changes to the key of a forgotten person does not keep its former key', async () => {
  const { directory } = await annaInDirectory();
  await gdpr.record('anna-4711');
  await load(gdpr.world, directory, [['prof-bob-78', 'anna-4711']]);
  expect(await profilesOf(gdpr.world, directory)).not.toContainEqual(['prof-bob-78', 'bob-4712']);
});

test('the profile that is on the list is erased although its key has changed since', async () => {
  const { id, directory } = await annaInDirectory();
  await load(gdpr.world, directory, [['prof-anna-77', 'anna-new']]);
  const { erased } = await forget('anna-4711', id);
  expect(erased.others).toMatchObject({ profiles: 1, profile_changes: 1 });
  for (const text of ['anna-4711', 'anna-new', 'prof-anna-77'])
    expect(await gdpr.tablesWith(text)).toEqual([]);
});

test('a person is erased from a directory that no activation has used yet', async () => {
  await begin(gdpr.world, PROFILES);
  const { record } = await gdpr.record('anna-4711');
  await eraseProfiles(gdpr.world.state, record);
  expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
});

test('a member who waits for a profile is erased', async () => {
  const { id, definition } = await begin(gdpr.world, [['prof-bob-78', 'bob-4712']]);
  await run(gdpr.world, definition, SEGMENT);
  const { erased } = await forget('anna-4711', id);
  expect(erased).toMatchObject({ members: 1, listed: 0 });
  expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
});

test('a person is forgotten although their directory is dropped meanwhile, because nothing used it', async () => {
  const { id, directory } = await annaInDirectory();
  const { state } = gdpr.world;
  const { record } = await gdpr.record('anna-4711');
  const retention = await state.transaction();
  await retention.raw('select from directories where id = ? for update', [directory.id]);
  const erasing = eraseProfiles(state, record);
  erasing.catch(() => undefined); // awaited below
  try {
    await until('the erasure waits for the directory', async () => {
      const waiting = await rows(
        state,
        `select from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database() and query like '%for no key update%'`,
      );
      return waiting.length > 0;
    });
    await retention.raw('update activations set directory = null, directory_load = null');
    await retention.raw('delete from directories where id = ?', [directory.id]);
    await retention.raw(`drop table profiles_${directory.id}, profile_changes_${directory.id}`);
    await retention.commit();
  } finally {
    if (!retention.isCompleted()) await retention.rollback();
  }
  await erasing;
  expect(await gdpr.erase(record, { activation: id })).toMatchObject({ members: 1 });
  expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
});
