import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stageTable } from '../../state/names.ts';
import { planRun } from '../../state/plan/plan.ts';
import { storeRejects } from '../../state/rejects/rejects.ts';
import { beginExtraction, fillStage, finishExtraction } from '../../state/stage.ts';
import { rows } from '../../state/state.ts';
import { planned, sendAll } from './sending.ts';
import {
  activationRow,
  definitionFor,
  extract,
  freshState,
  newActivation,
  open,
  runRow,
  tables,
  type StateWorld,
} from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ATTRIBUTES = 3;
const FOUND = { columns: [], fingerprint: 'f', read: 0, rejected: 0, forgotten: 0, reasons: {}, guards: [] };
const line = (no: number) => Buffer.from(`key${no}\t\\N\t\\\\x0102\ta\tb\tc\n`);
const signal = () => new AbortController().signal;

async function begun() {
  const run = await open(world, definitionFor(newActivation()));
  return { run, extraction: await beginExtraction(world.state, run) };
}

test('a stage holds every line of its source, and tells how many', async () => {
  const { run, extraction } = await begun();
  const lines = Readable.from([line(1), Buffer.concat([line(2), line(3)])], { objectMode: false });
  expect(await fillStage(world.state, run.run, extraction, ATTRIBUTES, lines, signal())).toEqual({
    staged: 3,
    forgotten: 0,
  });
  const staged = await rows(world.state, `select key, c1, c3 from ${stageTable(run.run, extraction)}`);
  expect(staged).toEqual(['key1', 'key2', 'key3'].map((key) => ({ key, c1: 'a', c3: 'c' })));
});

test('a source that breaks off leaves no stage at all', async () => {
  const { run, extraction } = await begun();
  async function* breaking() {
    for (let no = 0; no < 20_000; no++) yield line(no);
    throw new Error('the warehouse broke off');
  }
  const lines = Readable.from(breaking(), { objectMode: false });
  const filling = fillStage(world.state, run.run, extraction, ATTRIBUTES, lines, signal());
  await expect(filling).rejects.toThrow('the warehouse broke off');
  expect(await tables(world, new RegExp(`^stage_${run.run}_`))).toEqual([]);
  expect((await runRow(world, run.run)).stage).toBeNull();
});

test('a line that PostgreSQL refuses leaves no stage at all', async () => {
  const { run, extraction } = await begun();
  const lines = Readable.from([line(1), Buffer.from('one field\n')], { objectMode: false });
  await expect(fillStage(world.state, run.run, extraction, ATTRIBUTES, lines, signal())).rejects.toThrow();
  expect(await tables(world, new RegExp(`^stage_${run.run}_`))).toEqual([]);
});

test('cancelling ends the filling, and leaves no stage', async () => {
  const { run, extraction } = await begun();
  const cancelled = new AbortController();
  async function* endless() {
    for (let no = 0; ; no++) {
      if (no === 10_000) cancelled.abort();
      yield line(no);
    }
  }
  const lines = Readable.from(endless(), { objectMode: false });
  const filling = fillStage(world.state, run.run, extraction, ATTRIBUTES, lines, cancelled.signal);
  await expect(filling).rejects.toMatchObject({ name: 'AbortError' });
  expect(await tables(world, new RegExp(`^stage_${run.run}_`))).toEqual([]);
});

test('an attempt that was given up fills its own table and cannot make it the stage', async () => {
  const { run, extraction: givenUp } = await begun();
  const extraction = await beginExtraction(world.state, run);
  for (const attempt of [givenUp, extraction]) {
    const lines = Readable.from([line(1)], { objectMode: false });
    await fillStage(world.state, run.run, attempt, ATTRIBUTES, lines, signal());
  }
  await expect(finishExtraction(world.state, run, givenUp, FOUND)).rejects.toThrow('given up');
  expect((await runRow(world, run.run)).stage).toBeNull();
  await finishExtraction(world.state, run, extraction, FOUND);
  await expect(finishExtraction(world.state, run, givenUp, FOUND)).rejects.toThrow('given up');
  expect((await runRow(world, run.run)).stage).toBe(stageTable(run.run, extraction));
});

test('a new attempt forgets the rejects of the one before', async () => {
  const { run } = await begun();
  await storeRejects(world.state, run, [{ key: 'k', reason: 'KeyMissing' }]);
  await beginExtraction(world.state, run);
  expect(await rows(world.state, 'select from rejects where run = ?', [run.run])).toHaveLength(0);
});

test('reading again after a plan that did nothing plans what was read last', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, [{ key: 'anna', values: ['1', null, null] }]);
  await extract(world, run, [
    { key: 'bob', values: ['1', null, null] },
    { key: 'carl', values: ['1', null, null] },
  ]);
  const again = await readPlanned(world.state, run.run);
  expect(again.counts).toMatchObject({ read: 2, added: 2, members: 2 });
  const sent = await rows(world.state, `select key from delta_${run.run} order by key`);
  expect(sent).toEqual([{ key: 'bob' }, { key: 'carl' }]);
  expect(await activationRow(world, run.activation)).toMatchObject({ list_members: '0', list_dirty: false });
});

test('when a stage was lost after an import, reading again keeps what was done and plans the rest', async () => {
  const definition = definitionFor(newActivation());
  const anna = { key: 'anna', values: ['1', '2', '3'] };
  const run = await planned(world, definition, [anna]);
  await sendAll(world, run, 'confirmed');
  await extract(world, run, [anna, { key: 'bob', values: ['1', '2', '3'] }]);
  const again = await readPlanned(world.state, run.run);
  expect(again.plan).toMatchObject({ push: 'first delivery', toSend: 1, list: { members: 2 } });
  const imports = await rows(world.state, 'select chunk, status from imports where run = ?', [run.run]);
  expect(imports).toEqual([{ chunk: null, status: 'confirmed' }]); // counts for the quota only
});
