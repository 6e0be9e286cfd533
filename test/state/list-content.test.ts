import { afterAll, beforeAll, expect, test } from 'vitest';
import { withListContent } from '../../state/lists/list-content.ts';
import type { Plan, Run } from '../../state/runs/runs.ts';
import { goodRun, listLines, planned } from './sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const OWN_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const people = (count: number): SegmentRow[] =>
  Array.from({ length: count }, (_, i) => ({
    key: `p${i}`,
    identifier: `card${i}`,
    values: ['1', '2', '3'],
  }));

const linesOf = (run: Run & { plan: Plan }) => listLines(world, run);

test('a list is everyone in the segment, one line each, keys quoted where CSV needs it', async () => {
  const segment = [...people(20_000), { key: 'a;"b"', values: ['1', '2', '3'] }];
  const run = await planned(world, definitionFor(newActivation()), segment);
  const lines = await linesOf(run);
  expect(lines).toHaveLength(20_001);
  expect(lines).toContain('"a;""b"""');
  expect(lines).toContain('p19999');
});

test('a list holds the identifier where it is not the key', async () => {
  const run = await planned(world, definitionFor(newActivation(), OWN_IDENTIFIER), people(2));
  expect(await linesOf(run)).toEqual(['card0', 'card1']);
});

test('a list that is only kept alive comes from the members that were delivered last', async () => {
  const definition = definitionFor(newActivation(), OWN_IDENTIFIER);
  await goodRun(world, definition, people(3));
  const run = await planned(world, definition, people(3));
  expect(run.plan.list.from).toBe('members');
  expect(await linesOf(run)).toEqual(['card0', 'card1', 'card2']);
});

test('an empty list is a list', async () => {
  expect(await linesOf(await planned(world, definitionFor(newActivation()), []))).toEqual([]);
});

const LOSSES: Record<string, (stage: string) => string> = {
  'was emptied by a crash': (stage) => `truncate ${stage}`,
  'is gone': (stage) => `drop table ${stage}`,
  'has lost a row': (stage) => `delete from ${stage} where key = 'p1'`,
  'holds somebody else instead': (stage) => `update ${stage} set key = 'x' where key = 'p1'`,
};
test.each(Object.keys(LOSSES))('a stage that %s gives no list', async (loss) => {
  const run = await planned(world, definitionFor(newActivation()), people(3));
  await world.state.raw(LOSSES[loss]!(run.stage!));
  let begun = false;
  const use = async () => (begun = true);
  const reading = withListContent(world.state, run, ';', use);
  await expect(reading).rejects.toMatchObject({ name: 'StageLost' });
  expect(begun).toBe(false);
});

test('what happens to the stage while the list is read does not change the list', async () => {
  const run = await planned(world, definitionFor(newActivation()), people(50_000));
  const seen = await withListContent(world.state, run, ';', async (content) => {
    await world.state.raw(`delete from ${run.stage} where key like '%7'`);
    let lines = 0;
    for await (const chunk of content) for (const byte of chunk) if (byte === 10) lines++;
    return lines;
  });
  expect(seen).toBe(50_000);
});

test('a failure of whoever reads the list is passed on, and the connection is not reused in mid-read', async () => {
  const run = await planned(world, definitionFor(newActivation()), people(50_000));
  for (let i = 0; i < 12; i++) {
    const reading = withListContent(world.state, run, ';', async (content) => {
      for await (const {} of content) throw new Error('the file server broke off');
    });
    await expect(reading).rejects.toThrow('the file server broke off');
  }
  expect(await linesOf(run)).toHaveLength(50_000);
});
