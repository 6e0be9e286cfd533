import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { judgeMatches } from '../../state/plan/hold.ts';
import { closeRun } from '../../state/runs/close.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { deliver, goodRun, planned, sendAll, sendChunk } from './sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from './support.ts';
import { goodUndo } from './undoing.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

/** The mapping of an activation: attributes by name, `!` = a null clears it. */
const mapping = (names: string) => ({
  attributes: names.split(' ').map((name) => ({
    column: name.replace('!', ''),
    attribute: name.replace('!', ''),
    nulls: name.endsWith('!') ? 'clear' : 'keep',
  })),
});
const ETL = { importMode: { etl: 12 } };
const ALL_COLUMNS = { contract: { etlColumns: 'all', emptyValue: 'ignored' } };

/** Anna with these values of the mapped attributes, in alphabetical order. */
const anna = (...values: (string | null)[]) => ({ key: 'anna', values });

/** Which attributes a planned run sends of each member; null: nothing. */
async function sent(run: Awaited<ReturnType<typeof planned>>): Promise<Record<string, string[]>> {
  const names = run.definition.activation.attributes.map(({ attribute }) => attribute);
  const delta = await rows<{ key: string; pattern: string }>(
    world.state,
    `select key, pattern from ${run.delta} where pattern is not null order by key`,
  );
  const columns = (pattern: string) => names.filter((_, index) => pattern[index] === '0');
  return Object.fromEntries(delta.map(({ key, pattern }) => [key, columns(pattern)]));
}

/** The rows that a planned run found to differ. */
const deltaOf = ({ delta }: Awaited<ReturnType<typeof planned>>) => rows(world.state, `select from ${delta}`);

async function finish(
  run: Awaited<ReturnType<typeof planned>>,
  fate: 'confirmed' | 'untouched' = 'confirmed',
) {
  await sendAll(world, run, fate);
  if (run.plan.push) await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
}

test('a newly mapped attribute is sent alone if the member has the others confirmed', async () => {
  const id = newActivation();
  await goodRun(world, definitionFor(id, mapping('a c')), [
    anna('1', '3'),
    { key: 'bob', values: ['1', '3'] },
  ]);
  const run = await planned(world, definitionFor(id, mapping('a b c')), [
    anna('1', '2', '3'),
    { key: 'bob', values: ['1', '2', '4'] },
    { key: 'carl', values: ['1', '2', '3'] },
  ]);
  expect(await sent(run)).toEqual({ anna: ['b'], bob: ['a', 'b', 'c'], carl: ['a', 'b', 'c'] });
  await finish(run);
  const next = await planned(world, definitionFor(id, mapping('a b c')), [
    anna('1', '2', '3'),
    { key: 'bob', values: ['1', '2', '4'] },
    { key: 'carl', values: ['1', '2', '5'] },
  ]);
  expect(await sent(next)).toEqual({ carl: ['a', 'b', 'c'] });
});

test('a removed mapping sends nothing, neither then nor later', async () => {
  const id = newActivation();
  await goodRun(world, definitionFor(id, mapping('a b c')), [anna('1', '2', '3')]);
  const run = await planned(world, definitionFor(id, mapping('a c')), [anna('1', '3')]);
  expect(run.plan).toMatchObject({ toSend: 0, push: null });
  expect(run.counts).toMatchObject({ changed: 0, unchanged: 1 });
  await finish(run);
  const next = await planned(world, definitionFor(id, mapping('a c')), [anna('1', '3')]);
  expect(next.plan).toMatchObject({ push: null, toSend: 0 });
  expect(await deltaOf(next)).toEqual([]);
});

test.each(['confirmed', 'untouched'] as const)(
  'an attribute that is mapped again is sent again, since others may have written it (the run between: %s)',
  async (fate) => {
    const id = newActivation();
    await goodRun(world, definitionFor(id, mapping('a b')), [anna('1', '2')]);
    await finish(await planned(world, definitionFor(id, mapping('a c')), [anna('1', '3')]), fate);
    const run = await planned(world, definitionFor(id, mapping('a b')), [anna('1', '2')]);
    expect((await sent(run)).anna).toContain('b');
  },
);

test('the next run sends what a run under a new mapping could not send', async () => {
  const id = newActivation();
  await goodRun(world, definitionFor(id, mapping('a b')), [anna('1', '2')]);
  await finish(await planned(world, definitionFor(id, mapping('a b c')), [anna('1', '2', '3')]), 'untouched');
  const run = await planned(world, definitionFor(id, mapping('a b c')), [anna('1', '2', '3')]);
  expect((await sent(run)).anna).toContain('c');
});

test.each([
  ['its nulls clear from now on', mapping('a b!'), {}, ['b']],
  ['everything is sent again by a resync', mapping('a b'), { resync: true }, ['a', 'b']],
])('an attribute is sent again when %s', async (_, changes, options, expected) => {
  const id = newActivation();
  await goodRun(world, definitionFor(id, mapping('a b')), [anna('1', '2')]);
  const run = await planned(world, definitionFor(id, changes), [anna('1', '2')], options);
  expect(await sent(run)).toEqual({ anna: expected });
});

test('an ETL that requires all columns gets all of them', async () => {
  const id = newActivation();
  const etl = (names: string) => definitionFor(id, { ...mapping(names), ...ETL }, ALL_COLUMNS);
  await goodRun(world, etl('a b'), [anna('1', '2')]);
  expect(await sent(await planned(world, etl('a b c'), [anna('1', '2', '3')]))).toEqual({
    anna: ['a', 'b', 'c'],
  });
});

test('a member whom Actito refused gets all attributes again, with the new one', async () => {
  const id = newActivation();
  const first = await goodRun(world, definitionFor(id, mapping('a')), [anna('1')]);
  await world.state.raw(`update members_${id.replaceAll('-', '_')} set outcome = 'refused'`);
  const run = await planned(world, definitionFor(id, mapping('a b')), [anna('1', '2')]);
  expect(run.run).not.toBe(first.run);
  expect(await sent(run)).toEqual({ anna: ['a', 'b'] });
});

test('an undo under a new mapping keeps everything that Actito confirmed', async () => {
  const id = newActivation();
  const { run: to } = await goodRun(world, definitionFor(id, mapping('a b')), [anna('1', '2')]);
  await goodRun(world, definitionFor(id, mapping('a b')), [
    anna('1', '2'),
    { key: 'bob', values: ['1', '2'] },
  ]);
  await goodUndo(world, definitionFor(id, mapping('a b c')), to);
  const run = await planned(world, definitionFor(id, mapping('a b c')), [anna('1', '2', '3')]);
  expect(await sent(run)).toEqual({ anna: ['c'] });
});

test('a renamed column with the same values sends nothing, neither then nor later', async () => {
  const id = newActivation();
  const from = (column: string) =>
    definitionFor(id, { attributes: [{ column, attribute: 'a', nulls: 'keep' }] });
  await goodRun(world, from('old'), [anna('1')]);
  for (const column of ['new', 'new', 'old']) {
    const run = await planned(world, from(column), [anna('1')]);
    expect(await sent(run)).toEqual({});
    await finish(run);
  }
});

/** A run that is held because of its import results: Actito knows none of the 120 new members. */
async function heldAfterImport(definition: Definition, known: SegmentRow[], values: string[]) {
  const strangers = Array.from({ length: 120 }, (_, i) => ({ key: `stranger${i}`, values }));
  const run = await planned(world, definition, [...known, ...strangers]);
  const unmatched = strangers.map(({ key }) => ({ key, outcome: 'unmatched' as const, reason: 'UNKNOWN' }));
  for (const chunk of await readChunks(world.state, run.run))
    await sendChunk(world, run, chunk, 'confirmed', unmatched);
  expect((await judgeMatches(world.state, run)).plan.guards).toHaveLength(1);
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('held'));
}

describe('after a held run whose attributes were confirmed under a new mapping', () => {
  const by = (id: string, names: string) =>
    definitionFor(id, { ...mapping(names), guards: { minMatchRatio: 0.5, maxRemovedRatio: 1 } });
  const bob = (...values: string[]) => ({ key: 'bob', values });
  const former = [anna('1', '2'), bob('1', '2')];
  let id: string;
  beforeEach(async () => {
    id = newActivation();
    await goodRun(world, by(id, 'a b'), former);
    await heldAfterImport(by(id, 'a c'), [anna('1', '3'), bob('1', '3')], ['1', '3']);
  });

  test('only members whose values have changed are sent, also after a run that could not send them', async () => {
    const segment = [anna('1', '3'), bob('1', '4')];
    const run = await planned(world, by(id, 'a c'), segment);
    expect(Object.keys(await sent(run))).toEqual(['bob']);
    await finish(run, 'untouched');
    expect(Object.keys(await sent(await planned(world, by(id, 'a c'), segment)))).toEqual(['bob']);
  });

  test.each(['confirmed', 'untouched'] as const)(
    'an attribute of either mapping that comes back is sent again (the run between: %s)',
    async (fate) => {
      const back = await planned(world, by(id, 'a b'), former);
      expect((await sent(back)).anna).toContain('b');
      await finish(back, fate);
      const again = await planned(world, by(id, 'a c'), [anna('1', '3'), bob('1', '3')]);
      expect((await sent(again)).anna).toContain('c');
    },
  );
});

test('a member in a grace period while the mapping changes is sent everything when it returns', async () => {
  const id = newActivation();
  const removal = { removal: { after: '9 runs' } };
  const by = (names: string) => definitionFor(id, { ...mapping(names), ...removal });
  await goodRun(world, by('a b'), [anna('1', '2')]);
  await goodRun(world, by('a c'), []);
  expect(await sent(await planned(world, by('a b'), [anna('1', '2')]))).toEqual({ anna: ['a', 'b'] });
});
