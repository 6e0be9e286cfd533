import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { closeRun } from '../../state/runs/close.ts';
import { storeRejects, type Reject } from '../../state/rejects/rejects.ts';
import { readRejects, type RejectFilter } from '../../state/report/rejects.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { beginAttempt } from '../../state/delta/writer.ts';
import { planned, sendChunk } from './sending.ts';
import {
  definitionFor,
  freshState,
  newActivation,
  open,
  type OpenOptions,
  type StateWorld,
} from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const NOBODY: Reject = { key: 'nobody', reason: 'KeyMalformed' };
const EVE: Reject = { key: 'eve', reason: 'KeyTooLong' };

/** A run that meets these rejects while reading. */
async function runWith(definition: Definition, rejects: Reject[], options: OpenOptions = {}) {
  const run = await open(world, definition, options);
  await beginAttempt(world.state, run, 3);
  await storeRejects(world.state, run, rejects);
  await closeRun(world.state, run, null);
  return run;
}

function stories(filter: RejectFilter) {
  return withSnapshot(world.state, async (snapshot) => {
    const all = [];
    for await (const batch of readRejects(snapshot, filter)) all.push(...batch);
    return all;
  });
}

async function told(filter: RejectFilter) {
  return (await stories(filter)).map(({ key, times, lastRun }) => [key, times, lastRun]);
}

test('the same reject in several runs has one row in the history, with its first and last time and the number of runs', async () => {
  const definition = definitionFor(newActivation());
  const activation = definition.activation.id;
  await runWith(definition, [NOBODY]);
  const [first] = await stories({ activation });
  await runWith(definition, [NOBODY, EVE]);
  const last = await runWith(definition, [NOBODY]);

  const [nobody, eve] = await stories({ activation });
  expect(nobody).toMatchObject({ ...NOBODY, stage: 'extract', attribute: '', times: 3, lastRun: last.run });
  expect(nobody!.firstSeen).toEqual(first!.firstSeen);
  expect(nobody!.lastSeen.getTime()).toBeGreaterThan(first!.lastSeen.getTime());
  expect(eve).toMatchObject({ ...EVE, times: 1 });
});

test('the same key with another activation, reason or attribute has a row of its own', async () => {
  const [one, other] = [definitionFor(newActivation()), definitionFor(newActivation())];
  await runWith(one, [NOBODY, { ...NOBODY, reason: 'KeyTooLong' }]);
  await runWith(other, [NOBODY]);
  expect(await told({ activation: one.activation.id })).toHaveLength(2);
  expect((await stories({ activation: other.activation.id })).map(({ times }) => times)).toEqual([1]);
});

test('rejects of an attempt that had to start again are not reported, and closing twice reports nothing twice', async () => {
  const definition = definitionFor(newActivation());
  const activation = definition.activation.id;
  const run = await open(world, definition);
  await beginAttempt(world.state, run, 3);
  await storeRejects(world.state, run, [NOBODY, EVE]);
  await beginAttempt(world.state, run, 3);
  await storeRejects(world.state, run, [NOBODY]);
  await closeRun(world.state, run, null);
  await closeRun(world.state, run, null);
  expect(await told({ activation })).toEqual([['nobody', 1, run.run]]);
});

test('a dry run adds nothing to the history, but its own rejects can be queried', async () => {
  const definition = definitionFor(newActivation());
  const activation = definition.activation.id;
  const run = await runWith(definition, [NOBODY], { dryRun: true });
  expect(await told({ activation })).toEqual([]);
  expect(await told({ activation, run: run.run })).toEqual([['nobody', 1, run.run]]);
});

test('the next run reports the rejects of a killed run', async () => {
  const definition = definitionFor(newActivation());
  const killed = await open(world, definition);
  await beginAttempt(world.state, killed, 3);
  await storeRejects(world.state, killed, [NOBODY]);
  await open(world, definition);
  expect(await told({ activation: definition.activation.id })).toEqual([['nobody', 1, killed.run]]);
});

test('rejects can be queried by run, reason, key and number', async () => {
  const definition = definitionFor(newActivation());
  const activation = definition.activation.id;
  const first = await runWith(definition, [NOBODY, EVE]);
  const second = await runWith(definition, [NOBODY]);
  expect(await told({ activation })).toEqual([
    ['nobody', 2, second.run],
    ['eve', 1, first.run],
  ]);
  expect((await told({ activation, run: first.run })).map(([key]) => key)).toEqual(['nobody', 'eve']);
  expect(await told({ activation, run: second.run })).toEqual([['nobody', 2, second.run]]);
  expect(await told({ activation, reason: 'KeyTooLong' })).toEqual([['eve', 1, first.run]]);
  expect(await told({ activation, keys: ['eve', 'adam'] })).toEqual([['eve', 1, first.run]]);
  expect(await told({ activation, keys: ["o'hara\\", '$1'] })).toEqual([]);
  expect(await told({ activation, limit: 1 })).toEqual([['nobody', 2, second.run]]);
});

test('values that Actito refused are reported with their code', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, [{ key: 'anna', values: ['1', '2', '3'] }]);
  const [chunk] = await readChunks(world.state, run.run);
  await sendChunk(world, run, chunk!, 'confirmed', [
    { key: 'anna', outcome: 'refused', reason: 'INVALID_VALUE' },
  ]);
  await closeRun(world.state, run, null);
  expect(await stories({ activation: definition.activation.id })).toMatchObject([
    { key: 'anna', stage: 'import', reason: 'INVALID_VALUE', attribute: '', times: 1 },
  ]);
});

test('more rejects than fit into a batch all arrive', async () => {
  const definition = definitionFor(newActivation());
  const many = Array.from({ length: 2_500 }, (_, no) => ({ key: `k${no}`, reason: 'KeyMalformed' }));
  await runWith(definition, many);
  const found = await told({ activation: definition.activation.id });
  expect(new Set(found.map(([key]) => key))).toEqual(new Set(many.map(({ key }) => key)));
});
