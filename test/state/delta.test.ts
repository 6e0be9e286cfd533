import { afterAll, beforeAll, expect, test } from 'vitest';
import { DELTA_COLUMNS } from '../../activation/comparison/delta-format.ts';
import { closeRun } from '../../state/runs/close.ts';
import { publish } from '../../state/delta/publish.ts';
import { beginAttempt, DeltaWriter } from '../../state/delta/writer.ts';
import { eraseFrom } from '../../state/forgotten/erase.ts';
import { ForgottenKeys } from '../../state/forgotten/forgotten-keys.ts';
import { recordForgotten } from '../../state/forgotten/record.ts';
import { readImports } from '../../state/imports/imports.ts';
import { deltaTable } from '../../state/names.ts';
import { storeRejects } from '../../state/rejects/rejects.ts';
import { readPlanned } from '../../state/runs/runs.ts';
import { rows } from '../../state/state.ts';
import { rebaseRun } from '../../state/settle/rebase.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { copyRecord } from '../support/copy-records.ts';
import { deliver, goodRun, planned, sendAll } from './sending.ts';
import {
  activationRow,
  compareInto,
  definitionFor,
  everyoneIsGone,
  everyoneIsThere,
  execution,
  extract,
  freshState,
  newActivation,
  open,
  runRow,
  tables,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const person = (key: string) => ({ key, values: ['1', '2', '3'] });
const people = (...keys: string[]) => keys.map(person);
const keysOf = async (delta: string) =>
  (await rows<{ key: string }>(world.state, `select key from ${delta} order by key`)).map(({ key }) => key);

/** The stored data of a run that has published nothing. */
const UNPUBLISHED = { delta: null, version: null, plan: null, base_members: null, counts: {}, columns: null };

/** A record of a delta: a new member without attributes to send. */
function record(no: number): Buffer {
  const mark = Buffer.from(String(no).padStart(32, '0'), 'hex');
  const fields: Record<string, Buffer> = {
    mark,
    identifier_mark: Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]),
    known: Buffer.from([0]),
    membership: Buffer.from('added'),
  };
  return copyRecord([...DELTA_COLUMNS, 'c1', 'c2', 'c3'].map((name) => fields[name] ?? null));
}

async function begun(definition = definitionFor(newActivation())) {
  const run = await open(world, definition);
  const delta = deltaTable(run.run, await beginAttempt(world.state, run, 3));
  return { run, delta, writer: new DeltaWriter(world.state, delta, await ForgottenKeys.read(world.state)) };
}

test('a delta contains every written record, in however many transactions, and reports how many', async () => {
  const { delta, writer } = await begun();
  const records = Array.from({ length: 100_000 }, (_, no) => record(no));
  for (let at = 0; at < records.length; at += 1_000)
    await writer.write(Buffer.concat(records.slice(at, at + 1_000)));
  await writer.end();
  expect(writer.rows).toBe(100_000);
  const [{ count }] = (await rows<{ count: string }>(
    world.state,
    `select count(distinct mark) from ${delta}`,
  )) as [{ count: string }];
  expect(count).toBe('100000');
});

test('a delta contains keys and values exactly as the source sends them, whatever characters they have', async () => {
  const { run } = await begun();
  const segment = [
    { key: 'a\\b é𝒳', values: ['\\N', null, 'tab\t, line\n\r, backslash \\, \\t, \b\f\v'] },
    { key: '\\N', values: ['', ' ', '\\'] },
  ];
  const { delta } = await extract(world, run, segment);
  const written = await rows(world.state, `select key, array[c1, c2, c3] as values from ${delta}`);
  expect(written).toEqual(segment);
});

test('a record that PostgreSQL rejects fails the attempt', async () => {
  const { run, writer } = await begun();
  await writer.write(Buffer.concat([record(1), copyRecord([Buffer.from('one field')])]));
  await expect(writer.end()).rejects.toThrow();
  expect(await runRow(world, run.run)).toMatchObject(UNPUBLISHED);
});

test('an attempt whose source breaks off publishes nothing, the next one starts from the beginning, and both end with the run', async () => {
  const { run, delta, writer } = await begun();
  await writer.write(record(1));
  await writer.end(); // and then the warehouse is gone
  expect(await runRow(world, run.run)).toMatchObject(UNPUBLISHED);
  const published = await extract(world, run, people('anna'));
  expect(await keysOf(published.delta!)).toEqual(['anna']);
  expect(published.delta).not.toBe(delta);
  await closeRun(world.state, run, ended('failed'));
  expect(await tables(world, new RegExp(`^(delta|aside|result)_${run.run}(_|$)`))).toEqual([]);
});

test('publication and plan are one transaction: a run has both or neither', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const { attempt, found } = await compareInto(world, run, people('anna', 'bob'));
  expect(await runRow(world, run.run)).toMatchObject({ ...UNPUBLISHED, attempts: 1 });
  const published = await publish(world.state, run, attempt, found);
  expect(published).toMatchObject({ delta: deltaTable(run.run, attempt), plan: { toSend: 2 } });
  expect(await readPlanned(world.state, run.run)).toEqual(published);
});

test('a publication that fails in its last step leaves nothing behind', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const { attempt, found } = await compareInto(world, run, people('anna', 'anna'));
  await world.state.raw(`create table result_${run.run} ()`); // the plan creates this table, too
  await expect(publish(world.state, run, attempt, found)).rejects.toThrow('already exists');
  expect(await runRow(world, run.run)).toMatchObject({ ...UNPUBLISHED, settled_at: null });
  expect(await rows(world.state, 'select from chunks where run = ?', [run.run])).toEqual([]);
  expect(await tables(world, new RegExp(`^(aside|result)_${run.run}$`))).toEqual([`result_${run.run}`]);
  await world.state.raw(`drop table result_${run.run}`);
  expect(await publish(world.state, run, attempt, found)).toMatchObject({
    counts: { duplicates: 1, added: 1 },
  });
});

test('a second attempt fills its own delta, and the first publication stays valid', async () => {
  const definition = definitionFor(newActivation());
  const run = await open(world, definition);
  const slower = await compareInto(world, run, people('anna'));
  const faster = await compareInto(world, run, people('bob', 'carl'));
  const published = await publish(world.state, run, faster.attempt, faster.found);
  expect(published.counts).toMatchObject({ read: 2, added: 2, members: 2 });
  expect(await publish(world.state, run, slower.attempt, slower.found)).toEqual(published);
  expect(await keysOf(published.delta!)).toEqual(['bob', 'carl']);
  expect(await keysOf(deltaTable(run.run, slower.attempt))).toEqual(['anna']);
});

test('if two attempts publish at the same time, one succeeds, and both get the same plan', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const attempts = [
    await compareInto(world, run, people('anna')),
    await compareInto(world, run, people('bob')),
  ];
  const [one, other] = await Promise.all(
    attempts.map(({ attempt, found }) => publish(world.state, run, attempt, found)),
  );
  expect(one).toEqual(other);
});

test('the first publication decides what was sent, whatever a later attempt has read', async () => {
  const run = await planned(world, definitionFor(newActivation()), people('anna'));
  await sendAll(world, run, 'confirmed');
  const again = await extract(world, run, people('anna', 'bob'));
  expect(again.plan).toEqual(run.plan);
  expect(await keysOf(again.delta!)).toEqual(['anna']);
  expect(await readImports(world.state, run.run)).toMatchObject([{ chunk: 1, status: 'confirmed' }]);
});

test('a run that has lost the lease publishes nothing', async () => {
  const definition = definitionFor(newActivation());
  const run = await open(world, definition);
  const { attempt, found } = await compareInto(world, run, people('anna'));
  await open(world, definition);
  await expect(publish(world.state, run, attempt, found)).rejects.toMatchObject({ type: 'RunSuperseded' });
  await expect(beginAttempt(world.state, run, 3)).rejects.toMatchObject({ type: 'RunSuperseded' });
  expect(await runRow(world, run.run)).toMatchObject(UNPUBLISHED);
});

test('a dry run compares again if the state has changed in the meantime', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people('anna'));
  const dry = await open(world, definition, { dryRun: true });
  const { attempt, found } = await compareInto(world, dry, people('anna', 'bob'));
  const run = await planned(world, definition, people('anna', 'bob'), { isOpen: everyoneIsThere });
  await sendAll(world, run);
  await deliver(world, run);
  await settleRun(world.state, run);
  await expect(publish(world.state, dry, attempt, found)).rejects.toMatchObject({
    type: 'RunUnderWay',
    retryable: true,
  });
  expect(await runRow(world, dry.run)).toMatchObject(UNPUBLISHED);
  expect((await extract(world, dry, people('anna', 'bob'))).counts).toMatchObject({ added: 0, members: 2 });
});

test('a rebase changes the state as well', async () => {
  const definition = definitionFor(newActivation());
  const dry = await open(world, definition, { dryRun: true });
  const { attempt, found } = await compareInto(world, dry, people('anna'));
  const rebase = { rebase: true, isOpen: everyoneIsThere };
  await rebaseRun(world.state, await planned(world, definition, people('anna'), rebase));
  await expect(publish(world.state, dry, attempt, found)).rejects.toMatchObject({ type: 'RunUnderWay' });
});

test('a run whose state has changed although it holds the lease publishes nothing', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const { attempt, found } = await compareInto(world, run, people('anna'));
  await world.state.raw('update activations set version = version + 1 where id = ?', [run.activation]);
  await expect(publish(world.state, run, attempt, found)).rejects.toMatchObject({ type: 'RunSuperseded' });
  expect(await runRow(world, run.run)).toMatchObject(UNPUBLISHED);
});

test('if a person is erased between comparison and publication, the delta is not published', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people('anna', 'bob'));
  const run = await open(world, definition);
  const { attempt, found } = await compareInto(world, run, people('anna', 'bob', 'carl'));
  const { record } = await recordForgotten(world.state, { spellings: ['anna'], by: 'dpo', reason: null });
  const erasure = { record, activation: run.activation, execution: execution('forget') };
  await eraseFrom(world.state, erasure, everyoneIsGone, new AbortController().signal);
  await expect(publish(world.state, run, attempt, found)).rejects.toMatchObject({ type: 'RunSuperseded' });
  expect(await runRow(world, run.run)).toMatchObject(UNPUBLISHED);
  expect(await activationRow(world, run.activation)).toMatchObject({ list_members: '1', list_dirty: true });
});

test('a new attempt deletes the rejects of the one before; those of a published delta stay', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const rejects = () => rows(world.state, 'select reason from rejects where run = ? order by 1', [run.run]);
  await storeRejects(world.state, run, [{ key: 'k', reason: 'KeyMissing' }]);
  await beginAttempt(world.state, run, 3);
  expect(await rejects()).toEqual([]);
  await storeRejects(world.state, run, [{ key: 'k', reason: 'KeyTooLong' }]);
  const { attempt, found } = await compareInto(world, run, people('anna'));
  await storeRejects(world.state, run, [{ key: 'k', reason: 'KeyMalformed' }]);
  await publish(world.state, run, attempt, found);
  await beginAttempt(world.state, run, 3);
  expect(await rejects()).toEqual([{ reason: 'KeyMalformed' }]);
});

test('a delta and its related rows survive a crash of PostgreSQL: their tables are logged', async () => {
  const run = await planned(world, definitionFor(newActivation()), people('anna'));
  const found = await rows(
    world.state,
    `select relname, relpersistence from pg_class where relkind = 'r' and relname ~ '_${run.run}(_|$)' order by 1`,
  );
  expect(found).toEqual(
    [`aside_${run.run}`, run.delta, `result_${run.run}`].map((relname) => ({ relname, relpersistence: 'p' })),
  );
});
