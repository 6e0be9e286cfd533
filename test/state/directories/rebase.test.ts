import { afterAll, beforeAll, expect, test } from 'vitest';
import { planned, rebased } from '../sending.ts';
import { activationRow, freshState, type StateWorld } from '../support.ts';
import { begin, deltaRows, listOf, load, outcomesOf, rowsOf, run, type Segment } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const EVERYONE: Segment = [
  ['anna', '1'],
  ['ben', '2'],
  ['twin', '3'],
];
const PROFILES = [
  ['p1', 'anna'],
  ['p8', 'twin'],
  ['p9', 'twin'],
] as const;

test('a rebase of a lost state assumes the profiles of the directory; other members wait', async () => {
  const { id, definition, directory } = await begin(world, PROFILES);
  await rebased(world, definition, rowsOf(EVERYONE));
  expect(await listOf(world, id)).toEqual([['anna', 'p1']]);
  expect(await outcomesOf(world, id)).toEqual({ anna: 'assumed', ben: 'waiting', twin: 'several' });
  expect(await activationRow(world, id)).toMatchObject({
    directory: directory.id,
    directory_load: '1',
    list_members: '1',
  });
});

test('after a rebase, the next run sends nothing about members who wait, and adds those who got a profile', async () => {
  const { id, definition, directory } = await begin(world, PROFILES);
  await rebased(world, definition, rowsOf(EVERYONE));
  const next = await planned(world, definition, rowsOf(EVERYONE));
  expect(await deltaRows(world, next)).toEqual([]);
  expect(next.counts).toMatchObject({ members: 1, waiting: 2 });
  await load(world, directory, [['p2', 'ben']]);
  await run(world, definition, EVERYONE);
  expect(await listOf(world, id)).toEqual([
    ['anna', 'p1'],
    ['ben', 'p2'],
  ]);
});

test('a rebase takes another profile, and takes members without one off the list', async () => {
  const { id, definition, directory } = await begin(world, [...PROFILES, ['p2', 'ben']]);
  await run(world, definition, EVERYONE);
  await load(world, directory, [
    ['p1', 'former@anna'],
    ['p5', 'anna'],
    ['p2', null],
  ]);
  await rebased(world, definition, rowsOf(EVERYONE));
  expect(await listOf(world, id)).toEqual([['anna', 'p5']]);
  expect(await outcomesOf(world, id)).toMatchObject({ ben: 'waiting', twin: 'several' });
  const next = await planned(world, definition, rowsOf(EVERYONE));
  expect(await deltaRows(world, next)).toEqual([]);
});

test('a rebase adds a member who waited and has a profile now', async () => {
  const { id, definition, directory } = await begin(world, PROFILES);
  await run(world, definition, EVERYONE);
  await load(world, directory, [
    ['p2', 'ben'],
    ['p8', null],
  ]);
  await rebased(world, definition, rowsOf(EVERYONE));
  expect(await listOf(world, id)).toEqual([
    ['anna', 'p1'],
    ['ben', 'p2'],
    ['twin', 'p9'],
  ]);
  expect(await outcomesOf(world, id)).toMatchObject({ ben: 'assumed', twin: 'assumed' });
});

test('a rebase keeps the profile of a member that it did not look up', async () => {
  const { id, definition } = await begin(world, PROFILES);
  await run(world, definition, [['anna', '1']]);
  await rebased(world, definition, rowsOf([['anna', 'another value']]));
  expect(await listOf(world, id)).toEqual([['anna', 'p1']]);
});
