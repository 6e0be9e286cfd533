import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteSeen, noteUnread, readExports } from '../../../state/profiles/exports.ts';
import type { Directory } from '../../../state/profiles/directory.ts';
import { applyRetention } from '../../../state/runs/retention.ts';
import { rows } from '../../../state/state.ts';
import { freshState, newActivation, type StateWorld } from '../support.ts';
import { directoryOf, knownBy, load } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const DAY = 86_400_000;

/** Three exports that were read, and one that was refused; the server was last listed some days ago. */
async function known(): Promise<Directory> {
  const directory = await directoryOf(world, newActivation());
  for (const name of ['one.csv', 'two.csv', 'three.csv'])
    await load(world, directory, [['1', 'a']], { name });
  const failure = { reason: 'exportBom', facts: {}, next: [], message: 'It has a BOM.' };
  const file = { name: 'refused.csv', kind: 'daily', size: 3, modified: new Date() } as const;
  await noteUnread(world.state, knownBy(directory), file, { status: 'refused', failure });
  return directory;
}
const age = (days: number) =>
  world.state.raw(`update exports set seen_at = seen_at - ${days} * interval '1 day'`);
const keepDays = (days: number) =>
  applyRetention(world.state, { rejects: DAY, changeLog: DAY, runs: days * DAY });
const namesOf = async (directory: Directory) =>
  [...(await readExports(world.state, knownBy(directory))).keys()].sort();

test('exports are forgotten once they are gone from the server for longer than runs are kept', async () => {
  const directory = await known();
  await age(31);
  await noteSeen(world.state, directory.id, ['two.csv']);
  await keepDays(32);
  expect(await namesOf(directory)).toHaveLength(4);
  await keepDays(30);
  // three.csv was read last: a file that comes too late must still be recognized.
  expect(await namesOf(directory)).toEqual(['three.csv', 'two.csv']);
});

test('nothing is forgotten while the server is not listed', async () => {
  const directory = await known();
  await age(400);
  await keepDays(30);
  expect(await namesOf(directory)).toHaveLength(4);
});

test('an export that is on the server is written at most twice a day', async () => {
  const directory = await known();
  const versions = () =>
    rows(world.state, 'select xmin from exports where directory = ? order by name', [directory.id]);
  const before = await versions();
  await noteSeen(world.state, directory.id, ['one.csv', 'two.csv', 'three.csv', 'refused.csv']);
  expect(await versions()).toEqual(before);
});
