import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { countsOf, filesOf, listedKeys, previewed, shown } from '../observing.ts';
import { goodRun, planned, sendChunk } from '../sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from '../support.ts';
import { ended } from '../../support/ended.ts';

/* A run whose import shows a low match rate of the new members. It settles, and delivers no list. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const GUARDS = { maxRejectedRatio: 1, maxRemovedRatio: 1, allowEmpty: true, minMatchRatio: 0.5 };
const judged = () => definitionFor(newActivation(), { guards: GUARDS });
const people = (prefix: string, count: number): SegmentRow[] =>
  Array.from({ length: count }, (_, i) => ({ key: `${prefix}${i}`, values: ['1', '2', '3'] }));
const keysOf = (segment: SegmentRow[]) => segment.map(({ key }) => key!).sort();

/** Imports everything; Actito does not know any key that begins with `new`. */
async function heldAfterImport(definition: Definition, segment: SegmentRow[]) {
  const run = await planned(world, definition, segment);
  expect(run.plan.guards).toEqual([]);
  for (const { chunk, rows } of await filesOf(world, run)) {
    const unknown = rows.filter(({ key }) => key.startsWith('new'));
    const results = unknown.map(({ key }) => ({ key, outcome: 'unmatched' as const, reason: 'UNKNOWN' }));
    await sendChunk(world, run, chunk, 'confirmed', results);
  }
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('held'));
  return run;
}

test('after a first run that was held, the next runs are held by the same answers and import nothing', async () => {
  const definition = judged();
  const segment = people('new', 120);
  const held = await heldAfterImport(definition, segment);
  expect(await countsOf(world, held)).toMatchObject({ unmatched: 120, updated: 0 });
  expect(await listedKeys(world, definition)).toEqual([]);
  const preview = await previewed(world, definition, segment);
  expect(preview).toMatchObject({ guards: ['minMatchRatio'], sends: [], list: [] });
  for (const place of ['second', 'third']) {
    const run = await planned(world, definition, segment);
    expect({ place, ...(await shown(world, run)) }).toEqual({ place, ...preview });
    await settleRun(world.state, run);
    await closeRun(world.state, run, ended('held'));
    expect(await listedKeys(world, definition)).toEqual([]);
  }
});

test('while the new members are held, the list holds the former ones, and a run without the new ones succeeds', async () => {
  const definition = judged();
  const former = people('old', 150);
  const segment = [...former, ...people('new', 110)];
  await goodRun(world, definition, former);
  await heldAfterImport(definition, segment);
  const run = await planned(world, definition, segment);
  const seen = await shown(world, run);
  expect(seen).toMatchObject({ guards: ['minMatchRatio'], sends: [], push: null, list: keysOf(former) });
  expect(seen.counts).toMatchObject({ added: 110, removed: 0 });
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('held'));
  expect(await listedKeys(world, definition)).toEqual(keysOf(former));

  const without = await goodRun(world, definition, former);
  expect(without.plan).toMatchObject({ guards: [], toSend: 0, push: null });
  expect(without.counts).toMatchObject({ added: 0, removed: 0, members: 150 });
  expect(await listedKeys(world, definition)).toEqual(keysOf(former));
});

test('a new member whom Actito knows is not sent again while the others are held', async () => {
  const definition = judged();
  const known = people('known', 20);
  const segment = [...known, ...people('new', 110)];
  const held = await heldAfterImport(definition, segment);
  expect(await countsOf(world, held)).toMatchObject({ unmatched: 110, updated: 20 });
  const next = await previewed(world, definition, segment);
  expect(next).toMatchObject({ guards: ['minMatchRatio'], sends: [], list: [] });
  // Without the others, the known ones enter with Actito's earlier confirmation.
  const run = await goodRun(world, definition, known);
  expect(run.plan).toMatchObject({ guards: [], toSend: 0 });
  expect(await listedKeys(world, definition)).toEqual(keysOf(known));
});
