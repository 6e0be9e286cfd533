import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { ended } from '../../support/ended.ts';
import { deliver, listLines, planned } from '../sending.ts';
import { activationRow, extract, freshState, marksOf, membersOf, open, type StateWorld } from '../support.ts';
import type { PlannedRun } from '../../../state/runs/runs.ts';
import { begin, deltaRows, listOf, load, rowsOf, run, type Segment } from './support.ts';

/* Keys that move between profiles, and what must not be lost of it. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const SEGMENT = [
  ['anna', '1'],
  ['ben', '2'],
] as const;

/** Anna and Ben are listed, and Actito has confirmed their values. */
async function listed(changes: object = {}) {
  const begun = await begin(
    world,
    [
      ['p1', 'anna'],
      ['p2', 'ben'],
    ],
    changes,
  );
  await run(world, begun.definition, SEGMENT);
  const { id, definition } = begun;
  const seed = String((await activationRow(world, id)).seed);
  for (const [key, value] of SEGMENT) {
    const { attributeMark, hashes } = marksOf(definition, seed, { key, values: [value] });
    await world.state.raw(
      `update members_${id.replaceAll('-', '_')}
       set attribute_mark = :attributeMark, hashes = decode(:hashes, 'hex'), waits_since = null where key = :key`,
      { attributeMark, hashes, key },
    );
  }
  return begun;
}

const moved = [
  ['p2', 'former@ben'],
  ['p7', 'ben'],
] as const;

test('a new profile gets its attributes later if its import was not sent', async () => {
  const { id, directory, definition } = await listed();
  await load(world, directory, moved);
  await run(world, definition, SEGMENT); // delivers the list, and sends no import
  expect(await listOf(world, id)).toContainEqual(['ben', 'p7']);
  const next = await planned(world, definition, rowsOf(SEGMENT));
  expect(await deltaRows(world, next)).toEqual([{ key: 'ben', membership: null, attributes: 'fresh' }]);
});

test('a new profile gets its attributes once the rows of its member agree again', async () => {
  const { id, directory, definition } = await listed();
  await load(world, directory, moved);
  await run(world, definition, [...SEGMENT, ['ben', 'another']]);
  expect(await listOf(world, id)).toContainEqual(['ben', 'p7']);
  const next = await planned(world, definition, rowsOf(SEGMENT));
  expect(await deltaRows(world, next)).toEqual([{ key: 'ben', membership: null, attributes: 'fresh' }]);
});

test('a key that moved and came back changes nothing', async () => {
  const { directory, definition } = await listed();
  await load(world, directory, moved);
  await load(world, directory, [
    ['p2', 'ben'],
    ['p7', null],
  ]);
  const next = await planned(world, definition, rowsOf(SEGMENT));
  expect(await deltaRows(world, next)).toEqual([]);
});

test('loads about others do not end a grace period, however many there were', async () => {
  const { id, directory, definition } = await listed({ removal: { after: '5 runs' } });
  for (let nth = 0; nth < 62; nth++) await load(world, directory, [[`other${nth}`, `other${nth}`]]);
  await run(world, definition, [['anna', '1']]);
  expect(await listOf(world, id)).toContainEqual(['ben', 'p2']);
});

test('members who waited before do not count as entering when everyone is looked up', async () => {
  const profiles = Array.from({ length: 300 }, (_, nth) => [`p${nth}`, `m${nth}`] as const);
  const waiting = Array.from({ length: 200 }, (_, nth) => [`w${nth}`, '1'] as const);
  const segment: Segment = [...profiles.map(([, key]) => [key, '1'] as const), ...waiting];
  const { directory, definition } = await begin(world, profiles, { guards: { minMatchRatio: 0.5 } });
  await run(world, definition, segment);
  for (let nth = 0; nth < 62; nth++) await load(world, directory, [[`other${nth}`, `other${nth}`]]);
  const next = await planned(world, definition, rowsOf(segment));
  expect(next.plan.guards).toEqual([]);
  expect(next.counts).toMatchObject({ members: 300, waiting: 200, added: 0, removed: 0 });
});

test('a resync looks up everyone, so it repairs identifiers that someone has changed', async () => {
  const { id, definition } = await listed();
  await world.state.raw(
    `update members_${id.replaceAll('-', '_')} set identifier = 'p666', identifier_mark = 666 where key = 'ben'`,
  );
  const opened = await open(world, definition, { resync: true });
  const made = (await extract(world, opened, rowsOf(SEGMENT))) as PlannedRun;
  expect(await listLines(world, made)).toEqual(['p1', 'p2']);
  await deliver(world, made);
  await settleRun(world.state, made);
  await closeRun(world.state, made, ended('succeeded'));
  expect((await membersOf(world, id)).map(({ identifier }) => identifier)).toEqual(['p1', 'p2']);
});
