import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Definition } from '../../activation/definition/definition.ts';
import { publish } from '../../state/delta/publish.ts';
import { closeRun } from '../../state/runs/close.ts';
import { storeRejects } from '../../state/rejects/rejects.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { applyRetention } from '../../state/runs/retention.ts';
import { readSampleNames, readSamples, type Sample } from '../../state/plan/samples.ts';
import type { SampleClass } from '../../contract/plan.ts';
import { rows } from '../../state/state.ts';
import { goodRun, planned } from './sending.ts';
import {
  compareInto,
  definitionFor,
  freshState,
  newActivation,
  open,
  type SegmentRow,
  type StateWorld,
} from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

/** The samples of a dry run over a segment. */
async function samplesOf(definition: Definition, segment: SegmentRow[]): Promise<Sample[]> {
  const { run } = await planned(world, definition, segment, { dryRun: true });
  return withSnapshot(world.state, (snapshot) => readSamples(snapshot, run));
}

/** The samples of a class: `key: attribute=value …`. */
function said(samples: Sample[], wanted: SampleClass): string[] {
  return samples
    .filter(({ class: name }) => name === wanted)
    .map(({ key, attributes, values }) =>
      [`${key}:`, ...attributes.map((name, i) => `${name}=${values[i]}`)].join(' '),
    );
}

const many = (prefix: string, count: number, values: (string | null)[] = ['1', '2', '3']) =>
  Array.from({ length: count }, (_, i) => ({ key: `${prefix}${i}`, values }));

test('members in their grace period have a sample class of their own', async () => {
  const definition = definitionFor(newActivation(), { removal: { after: '1 run' } });
  const people = ['anna', 'bob'].map((key) => ({ key, values: ['1', '2', '3'] }));
  await goodRun(world, definition, people);
  const samples = await samplesOf(definition, people.slice(0, 1));
  expect(samples.map(({ class: name, key }) => [name, key])).toEqual([
    ['leaving', 'bob'],
    ['unchanged', 'anna'],
  ]);
});

test('each class has samples of what it is about: keys, changed attributes, new values', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [...many('same', 1), ...many('gone', 1), ...many('other', 1)]);
  const samples = await samplesOf(definition, [
    ...many('same', 1),
    ...many('other', 1, ['1', 'new; "2"\t', null]),
    ...many('fresh', 1),
  ]);
  expect(said(samples, 'added')).toEqual(['fresh0: a=1 b=2 c=3']);
  expect(said(samples, 'removed')).toEqual(['gone0:']);
  expect(said(samples, 'changed')).toEqual(['other0: b=new; "2"\t c=null']);
  expect(said(samples, 'unchanged')).toEqual(['same0:']);
});

test('large classes have five samples each, and the same plan shows the same ones', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [...many('same', 30), ...many('gone', 30), ...many('other', 30)]);
  const segment = [...many('same', 30), ...many('other', 30, ['x', '2', '3']), ...many('fresh', 30)];
  const samples = await samplesOf(definition, segment);
  const counted = (['added', 'removed', 'changed', 'unchanged'] as const).map((name) => said(samples, name));
  expect(counted.map((sample) => new Set(sample).size)).toEqual([5, 5, 5, 5]);
  const again = await samplesOf(definition, segment.toReversed());
  for (const name of ['added', 'removed', 'changed'] as const)
    expect(said(again, name)).toEqual(said(samples, name));
});

test('a newly mapped attribute is the changed one, whatever its position among the others', async () => {
  const id = newActivation();
  const mapped = (...names: string[]) =>
    definitionFor(id, { attributes: names.map((name) => ({ column: name, attribute: name })) });
  await goodRun(world, mapped('b', 'd'), many('p', 1, ['2', '4']));
  const grown = await samplesOf(mapped('a', 'b', 'c', 'd'), many('p', 1, ['1', '2', '3', '4']));
  expect(said(grown, 'changed')).toEqual(['p0: a=1 c=3']);
  const shrunk = await samplesOf(mapped('d'), many('p', 1, ['4']));
  expect(said(shrunk, 'changed')).toEqual([]);
});

test('empty values that a new member does not send are not among its attributes', async () => {
  const samples = await samplesOf(definitionFor(newActivation()), many('p', 1, [null, '2', null]));
  expect(said(samples, 'added')).toEqual(['p0: b=2 c=null']); // an empty c must be cleared
});

test('members whose rows contradict each other are added, and send nothing', async () => {
  const segment = [...many('p', 1, ['1', '2', '3']), ...many('p', 1, ['x', '2', '3'])];
  expect(said(await samplesOf(definitionFor(newActivation()), segment), 'added')).toEqual(['p0:']);
});

test('the samples of an unchanged segment come from the members', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, many('p', 8));
  const samples = await samplesOf(definition, many('p', 8));
  expect(samples).toHaveLength(5);
  expect(said(samples, 'unchanged')).toHaveLength(5);
});

test('an activation without attributes has samples too', async () => {
  const definition = definitionFor(newActivation(), { attributes: [] });
  await goodRun(world, definition, many('gone', 1, []));
  const samples = await samplesOf(definition, many('p', 1, []));
  expect([said(samples, 'added'), said(samples, 'removed')]).toEqual([['p0:'], ['gone0:']]);
});

test('samples of rejected rows have their reason', async () => {
  const run = await open(world, definitionFor(newActivation()), { dryRun: true });
  const { attempt, found } = await compareInto(world, run, many('p', 1));
  const rejects = many('bad', 9).map(({ key }) => ({ key, reason: 'KeyMalformed' }));
  await storeRejects(world.state, run, rejects);
  await publish(world.state, run, attempt, found);
  const samples = await withSnapshot(world.state, (snapshot) => readSamples(snapshot, run.run));
  expect(samples.filter(({ reason }) => reason === 'KeyMalformed')).toHaveLength(5);
});

test('without permission for personal data, neither keys nor values are shown', async () => {
  const { run } = await planned(world, definitionFor(newActivation()), many('p', 2), { dryRun: true });
  const names = await withSnapshot(world.state, (snapshot) => readSampleNames(snapshot, run));
  expect(names).toEqual(
    Array.from({ length: 2 }, () => ({ class: 'added', attributes: ['a', 'b', 'c'], reason: null })),
  );
});

test('a run that is not a dry run keeps no samples: no value remains after it', async () => {
  const { run } = await goodRun(world, definitionFor(newActivation()), many('p', 3));
  expect(await rows(world.state, 'select from samples where run = ?', [run])).toEqual([]);
});

const RETENTION = { rejects: 14 * 24 * 3_600_000, changeLog: 0, runs: 90 * 24 * 3_600_000 };
const stored = async () =>
  (await rows<{ run: string }>(world.state, 'select distinct run from samples order by run')).map(
    ({ run }) => run,
  );

/** A dry run that closed this number of hours ago. */
async function oldPlan(hours: number): Promise<string> {
  const run = await planned(world, definitionFor(newActivation()), many('p', 1), { dryRun: true });
  await closeRun(world.state, run, null);
  await world.state.raw("update samples set at = at - :hours * interval '1 hour' where run = :run", {
    hours,
    run: run.run,
  });
  return run.run;
}

test('samples are deleted after a day, by the retention of any run or the next plan; newer ones stay', async () => {
  await world.state.raw('delete from samples');
  const [old, young] = [await oldPlan(25), await oldPlan(23)];
  expect(await stored()).toEqual([young]); // the newer plan deleted the old one
  await world.state.raw(`update samples set at = at - interval '2 hours'`);
  expect(await stored()).not.toContain(old);
  await applyRetention(world.state, RETENTION);
  expect(await stored()).toEqual([]);
});

test('samples are deleted earlier if rejects are kept for less than a day', async () => {
  const run = await oldPlan(2);
  await applyRetention(world.state, { ...RETENTION, rejects: 3 * 3_600_000 });
  expect(await stored()).toContain(run);
  await applyRetention(world.state, { ...RETENTION, rejects: 3_600_000 });
  expect(await stored()).not.toContain(run);
});
