import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyMark } from '../../activation/comparison/marks.ts';
import { assignChunks, readChunks } from '../../state/imports/chunks.ts';
import { isAgain, setRefusedAside, withholdRefused } from '../../state/imports/again.ts';
import { asideTable, membersTable } from '../../state/names.ts';
import { closeRun } from '../../state/runs/close.ts';
import type { PlannedRun } from '../../state/runs/runs.ts';
import { rows, setTransaction } from '../../state/state.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { ended } from '../support/ended.ts';
import { deliver, goodRun, keySeedsOf, planned, sendAll, sendChunk, type Fate } from './sending.ts';
import {
  definitionFor,
  freshState,
  membersOf,
  newActivation,
  type SegmentRow,
  type StateWorld,
} from './support.ts';

/* What the state remembers of values that Actito refused, if their retry fails. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ATTRIBUTES = definitionFor('any').activation.attributes;
const people = (count: number, values = ['1', '2', '3']): SegmentRow[] =>
  Array.from({ length: count }, (_, i) => ({ key: `p${i}`, values }));

/**
 * Sends the only file of a run, all rows of which Actito refuses for these attributes, and retries with this
 * result.
 */
async function refuse(
  run: PlannedRun,
  segment: SegmentRow[],
  attributes: string[],
  fate: Fate,
): Promise<void> {
  const [file] = await readChunks(world.state, run.run);
  const results = segment.map(({ key }) => ({
    key: key!,
    outcome: 'refused' as const,
    reason: 'NOT_UNIQUE',
    attributes,
  }));
  await sendChunk(world, run, file!, 'confirmed', results);
  await setTransaction(world.state, (trx) => assignChunks(trx, run));
  for (const chunk of (await readChunks(world.state, run.run)).filter(isAgain))
    await sendChunk(world, run, chunk, fate);
}

/** Ends a run: with its list delivered, or as a failed one. */
async function end(run: PlannedRun, { arrives = true } = {}): Promise<void> {
  if (arrives && run.plan.push) await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, arrives ? null : ended('failed'));
}

/** The patterns of a run's files, and how many members each has. */
async function filesOf({ run }: PlannedRun): Promise<[string, number][]> {
  const chunks = await readChunks(world.state, run);
  return chunks
    .map(({ pattern, members }): [string, number] => [pattern, members])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

test('a canary is chosen among the members without a remembered refused value', async () => {
  const id = newActivation();
  const first = await planned(world, definitionFor(id), people(20));
  await refuse(first, people(20), ['c'], 'doubtful');
  await end(first, { arrives: false });

  const next = await planned(world, definitionFor(id, { canary: 10 }), people(35));
  expect(await filesOf(next)).toEqual([
    ['000', 5],
    ['c000', 10],
    ['v001', 20],
  ]);
});

test('after a resync whose retry finds no import, the next run continues without the refused value', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const resync = await planned(world, definition, people(3), { resync: true });
  await refuse(resync, people(3), ['c'], 'untouched');
  await end(resync);

  const next = await planned(world, definition, people(3));
  expect(next.plan).toMatchObject({ toSend: 3, push: null });
  expect(await filesOf(next)).toEqual([['v001', 3]]);
});

test('after a resync that finds no import, the next run continues with all values', async () => {
  const id = newActivation();
  await goodRun(world, definitionFor(id), people(3));
  await end(await planned(world, definitionFor(id), people(3), { resync: true }));

  const attributes = [...ATTRIBUTES, { column: 'd', attribute: 'd' }];
  const next = await planned(world, definitionFor(id, { attributes }), people(3, ['1', '2', '3', '4']));
  expect(await filesOf(next)).toEqual([['0000', 3]]);
});

test('a run that sends only a new attribute remembers a refused value', async () => {
  const id = newActivation();
  const first = await planned(world, definitionFor(id), people(3));
  await refuse(first, people(3), ['c'], 'confirmed');
  await end(first);

  const attributes = [...ATTRIBUTES, { column: 'd', attribute: 'd' }];
  const more = definitionFor(id, { attributes });
  const second = await planned(world, more, people(3, ['1', '2', '3', '4']));
  expect(await filesOf(second)).toEqual([['1110', 3]]);
  await sendAll(world, second);
  await end(second);

  const third = await planned(world, more, people(3, ['x', '2', '3', '4']));
  expect(await filesOf(third)).toEqual([['v0010', 3]]);
});

test('a refused value is remembered if a resync that would have sent it again finds no import', async () => {
  const definition = definitionFor(newActivation());
  const first = await planned(world, definition, people(3));
  await refuse(first, people(3), ['c'], 'confirmed');
  await end(first);
  await end(await planned(world, definition, people(3), { resync: true }));

  const third = await planned(world, definition, people(3));
  expect(await filesOf(third)).toEqual([['v001', 3]]);
});

test('a second refused value is remembered beside the first, and one that Actito accepts is forgotten', async () => {
  const definition = definitionFor(newActivation());
  const first = await planned(world, definition, people(3));
  await refuse(first, people(3), ['c'], 'confirmed');
  await end(first);
  const second = await planned(world, definition, people(3, ['1', 'x', '3']));
  await refuse(second, people(3), ['b'], 'confirmed');
  await end(second);
  const third = await planned(world, definition, people(3, ['y', 'x', '3']));
  expect(await filesOf(third)).toEqual([['v011', 3]]);
  await sendAll(world, third);
  await end(third);

  const resync = await planned(world, definition, people(3, ['y', 'x', '3']), { resync: true });
  await sendAll(world, resync);
  await end(resync);
  const last = await planned(world, definition, people(3, ['z', 'x', '3']));
  expect(await filesOf(last)).toEqual([['000', 3]]);
});

test.each<Fate>(['untouched', 'confirmed', 'doubtful'])(
  'a refused value of new members is remembered if the list does not arrive and the retry is %s',
  async (fate) => {
    const definition = definitionFor(newActivation());
    const first = await planned(world, definition, people(3));
    await refuse(first, people(3), ['c'], fate);
    await end(first, { arrives: false });
    expect((await membersOf(world, first.activation)).map(({ listed }) => listed)).toEqual(
      Array(3).fill(false),
    );

    const next = await planned(world, definition, people(3, ['x', '2', '3']));
    expect(next.counts).toMatchObject({ added: 3, members: 3 });
    expect(await filesOf(next)).toEqual([['v001', 3]]);
  },
);

test('recording a batch of refused values reads no rows of the segment', async () => {
  const run = await planned(world, definitionFor(newActivation()), people(3));
  const [file] = await readChunks(world.state, run.run);
  const seeds = await keySeedsOf(world.state, run.run);
  await setTransaction(world.state, async (trx) => {
    const scans = 'select seq_scan as scans from pg_stat_xact_user_tables where relname = ?';
    const before = await rows(trx, scans, [run.delta]); // a session buffers its counts
    await setRefusedAside(trx, run, file!, [
      { mark: keyMark('p1', seeds), key: 'p1', reasons: { c: 'NOT_UNIQUE' } },
    ]);
    expect(await rows(trx, scans, [run.delta])).toEqual(before);
  });
});

test('members without a refused value are not read to find members with one', async () => {
  const definition = definitionFor(newActivation());
  const first = await planned(world, definition, people(2000));
  await refuse(first, people(3), ['c'], 'confirmed');
  await end(first);
  const next = await planned(world, definition, people(2000, ['x', '2', '3']));
  expect(await filesOf(next)).toEqual([
    ['000', 1997],
    ['v001', 3],
  ]);
  await setTransaction(world.state, async (trx) => {
    await trx.raw(`delete from ${asideTable(next.run)}`);
    const scans = 'select seq_scan as scans from pg_stat_xact_user_tables where relname = ?';
    const before = await rows(trx, scans, [membersTable(next.activation)]);
    await withholdRefused(trx, next);
    expect(await rows(trx, scans, [membersTable(next.activation)])).toEqual(before);
  });
});
