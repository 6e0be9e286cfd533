import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginAttempt, DeltaWriter } from '../../state/delta/writer.ts';
import { publish } from '../../state/delta/publish.ts';
import { ForgottenKeys } from '../../state/forgotten/forgotten-keys.ts';
import { chunkRowsSql, readChunks } from '../../state/imports/chunks.ts';
import { deltaTable } from '../../state/names.ts';
import { closeRun } from '../../state/runs/close.ts';
import { readPlanned, type Run } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { copyRecord } from '../support/copy-records.ts';
import { deliver, goodRun, listLines, planned, sendAll } from './sending.ts';
import {
  compareInto,
  definitionFor,
  everyoneIsThere,
  extract,
  freshState,
  membersOf,
  newActivation,
  open,
  runRow,
  tables,
  type StateWorld,
} from './support.ts';

/* Each attempt to compare fills its own delta; one of them is published, and stays valid. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const BOB = { key: 'bob', values: ['1', '2', '3'] };
const membersTable = (id: string) => `members_${id.replaceAll('-', '_')}`;

/** Publishes the result of an attempt. */
const publishIt = (run: Run, { attempt, found }: Awaited<ReturnType<typeof compareInto>>) =>
  publish(world.state, run, attempt, found);

async function keysToSend(run: Run): Promise<string[]> {
  const [chunk] = await readChunks(world.state, run.run);
  const found = await rows<{ key: string }>(world.state, `select d.key from ${chunkRowsSql(run, chunk!)}`);
  return found.map(({ key }) => key).sort();
}

test('until an attempt is published, the run has no delta, plan or chunks', async () => {
  const run = await open(world, definitionFor(newActivation()));
  await compareInto(world, run, [ANNA]);
  expect(await runRow(world, run.run)).toMatchObject({ delta: null, plan: null, counts: {}, attempts: 1 });
  await expect(readPlanned(world.state, run.run)).rejects.toThrow('has no plan');
  expect(await readChunks(world.state, run.run)).toEqual([]);
});

test('a second attempt fills its own delta, and the first publication stays valid', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const [first, second] = [await compareInto(world, run, [ANNA]), await compareInto(world, run, [BOB])];
  expect(await tables(world, new RegExp(`^delta_${run.run}_`))).toHaveLength(2);
  const published = await publishIt(run, second);
  expect(await publishIt(run, first)).toEqual(published);
  const plan = await readPlanned(world.state, run.run);
  expect(plan).toMatchObject({ delta: deltaTable(run.run, second.attempt), counts: { read: 1, added: 1 } });
  expect(await keysToSend(plan)).toEqual(['bob']);
  expect(await listLines(world, plan)).toEqual(['bob']);
});

describe('the deltas of earlier attempts', () => {
  const deltasOf = (run: Run) => tables(world, new RegExp(`^delta_${run.run}_`));
  const attempts = async (run: Run, count: number) => {
    for (let attempt = 0; attempt < count; attempt++) await beginAttempt(world.state, run, 3);
  };
  const named = (run: Run, ...attempts: number[]) => attempts.map((attempt) => deltaTable(run.run, attempt));

  test('are dropped when the next attempt begins, except the last one, which may still continue', async () => {
    const [run, other] = [
      await open(world, definitionFor(newActivation())),
      await open(world, definitionFor(newActivation())),
    ];
    await attempts(other, 1);
    await attempts(run, 2);
    expect(await deltasOf(run)).toEqual(named(run, 1, 2));
    await attempts(run, 2);
    expect(await deltasOf(run)).toEqual(named(run, 3, 4));
    expect(await deltasOf(other)).toEqual(named(other, 1));
  });

  test('stay while another session uses them, and are dropped by a later attempt', async () => {
    const run = await open(world, definitionFor(newActivation()));
    await attempts(run, 2);
    const reader = await world.state.transaction();
    await reader.raw(`select from ${deltaTable(run.run, 1)}`);
    await attempts(run, 1);
    expect(await deltasOf(run)).toEqual(named(run, 1, 2, 3));
    await reader.rollback();
    await attempts(run, 1);
    expect(await deltasOf(run)).toEqual(named(run, 3, 4));
  });

  test('stay once one of them is published, however late others begin', async () => {
    const run = await open(world, definitionFor(newActivation()));
    const plan = await extract(world, run, [ANNA]);
    await attempts(run, 4);
    expect(await deltasOf(run)).toContain(plan.delta);
    expect(await keysToSend(plan)).toEqual(['anna']);
  });
});

test('rows that an abandoned attempt still writes are not part of the published delta', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const zombie = await compareInto(world, run, [ANNA]);
  const plan = await extract(world, run, [BOB]);
  const writer = new DeltaWriter(
    world.state,
    deltaTable(run.run, zombie.attempt),
    await ForgottenKeys.read(world.state),
  );
  const nobody = [randomBytes(16), null, null, null, null, Buffer.from([0])];
  await writer.write(copyRecord([...nobody, ...Array.from({ length: 9 }, () => null)]));
  await writer.end();
  await publishIt(run, zombie);
  expect(await readPlanned(world.state, run.run)).toEqual(plan);
  expect(await keysToSend(plan)).toEqual(['bob']);
});

test('an attempt whose run was superseded cannot publish', async () => {
  const definition = definitionFor(newActivation());
  const former = await open(world, definition);
  const zombie = await compareInto(world, former, [ANNA]);
  const run = await open(world, definition);
  await expect(publishIt(former, zombie)).rejects.toMatchObject({ type: 'RunSuperseded' });
  expect(await runRow(world, former.run)).toMatchObject({ delta: null, plan: null });
  expect(await runRow(world, run.run)).toMatchObject({ delta: null, plan: null });
});

test('an attempt cannot publish if the state has changed since it was compared', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA]);
  const run = await open(world, definition);
  const attempt = await compareInto(world, run, [ANNA, BOB]);
  await world.state.raw('update activations set version = version + 1 where id = ?', [run.activation]);
  await expect(publishIt(run, attempt)).rejects.toMatchObject({ type: 'RunSuperseded' });
  expect(await runRow(world, run.run)).toMatchObject({ delta: null, plan: null });
});

test('a preview compares again if a run has settled in the meantime', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, [ANNA]);
  const preview = await open(world, definition, { dryRun: true, isOpen: everyoneIsThere });
  const attempt = await compareInto(world, preview, [ANNA, BOB]);
  await sendAll(world, run);
  await deliver(world, run);
  await settleRun(world.state, run);
  await expect(publishIt(preview, attempt)).rejects.toMatchObject({ type: 'RunUnderWay' });
  expect(await runRow(world, preview.run)).toMatchObject({ delta: null, plan: null });
  const again = await extract(world, preview, [ANNA, BOB]);
  expect(again.counts).toMatchObject({ added: 1, unchanged: 1 });
});

test('a settled run publishes nothing more', async () => {
  const run = await planned(world, definitionFor(newActivation()), [ANNA]);
  const zombie = await compareInto(world, run, [BOB]);
  await sendAll(world, run);
  await deliver(world, run);
  await settleRun(world.state, run);
  await expect(publishIt(run, zombie)).rejects.toMatchObject({ type: 'RunSuperseded' });
  await closeRun(world.state, run, null);
  expect((await membersOf(world, run.activation)).map(({ key }) => key)).toEqual(['anna']);
});

test('if planning fails, the delta is not published either', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const { attempt, found } = await compareInto(world, run, [ANNA]);
  await world.state.raw(`create table result_${run.run} ()`); // planning fails
  await expect(publish(world.state, run, attempt, found)).rejects.toThrow('already exists');
  expect(await runRow(world, run.run)).toMatchObject({ delta: null, plan: null, counts: {} });
  await world.state.raw(`drop table result_${run.run}`);
  expect((await publish(world.state, run, attempt, found)).counts).toMatchObject({ added: 1 });
});

test.each([
  { what: 'is missing', damage: `delete from TABLE where key = 'bob'` },
  {
    what: 'has another identifier mark',
    damage: `update TABLE set identifier_mark = identifier_mark + 1 where key = 'bob'`,
  },
  { what: 'is no longer listed', damage: `update TABLE set listed = false where key = 'bob'` },
])('if a member $what, the state is damaged, and only a rebase or resync continues', async ({ damage }) => {
  const own = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
  const definition = definitionFor(newActivation(), own);
  const { id } = definition.activation;
  const segment = [ANNA, BOB].map((row) => ({ ...row, identifier: `card-${row.key}` }));
  await goodRun(world, definition, segment);
  await world.state.raw(damage.replace('TABLE', membersTable(id)));
  for (const options of [{}, { dryRun: true }]) {
    await expect(planned(world, definition, segment, options)).rejects.toMatchObject({
      type: 'StateDamaged',
      message: expect.stringContaining(`actito-sync rebase ${id}`) as string,
    });
  }
  for (const options of [{ rebase: true }, { resync: true }]) {
    const run = await planned(world, definition, segment, options);
    expect(run.counts).toMatchObject({ members: 2 });
    expect(await listLines(world, run)).toEqual(['card-anna', 'card-bob']);
  }
});
