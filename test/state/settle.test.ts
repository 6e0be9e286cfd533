import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { closeRun } from '../../state/runs/close.ts';
import { countKnownResults } from '../../state/imports/results.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { deliver, goodRun, planned, sendAll, sendChunk } from './sending.ts';
import {
  activationRow,
  definitionFor,
  freshState,
  marksOf,
  membersOf,
  newActivation,
  open,
  runRow,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const BOB = { key: 'bob', values: ['1', '2', '3'] };
const HOUR = 3_600_000;

type Definition = ReturnType<typeof definitionFor>;

/** The columns that record the values of {@link ANNA} as known. */
async function known(definition: Definition) {
  const { seed } = await activationRow(world, definition.activation.id);
  const { hashes, attributeMark } = marksOf(definition, String(seed), ANNA);
  return { hashes, attribute_mark: attributeMark };
}

const acknowledged = async (definition: Definition) => ({ ...(await known(definition)), retry_at: null });

test('confirmed and delivered changes are acknowledged', async () => {
  const definition = definitionFor(newActivation());
  const run = await goodRun(world, definition, [ANNA]);
  const { id } = definition.activation;
  expect(await membersOf(world, id)).toEqual([
    { key: 'anna', identifier: null, listed: true, ...(await acknowledged(definition)), outcome: 'ok' },
  ]);
  const delivered = { list_dirty: false, list_delivered_at: expect.any(Date) as Date, version: '1' };
  const list = { list_members: '1', list_checksum: run.plan.list.checksum };
  expect(await activationRow(world, id)).toMatchObject({ ...list, ...delivered });
  const { counts } = await runRow(world, run.run);
  expect(counts).toMatchObject({ updated: 1, unmatched: 0, refused: 0, unsent: 0 });
});

test('changes without a delivery do not change the list members', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA]);
  const run = await planned(world, definition, [BOB]);
  await sendAll(world, run);
  await deliver(world, run, { arrives: false });
  await settleRun(world.state, run);
  const members = await membersOf(world, definition.activation.id);
  expect(members.map(({ key, listed }) => [key, listed])).toEqual([
    ['anna', true],
    ['bob', false],
  ]);
  expect(await activationRow(world, definition.activation.id)).toMatchObject({
    list_dirty: true,
  });
});

test.each(['intended', 'posted', 'doubtful'] as const)(
  'an import that is left %s is in doubt: known values are no longer known',
  async (fate) => {
    const definition = definitionFor(newActivation());
    await goodRun(world, definition, [ANNA]);
    const run = await planned(world, definition, [{ ...ANNA, values: ['x', '2', '3'] }]);
    await sendAll(world, run, fate);
    await settleRun(world.state, run);
    const [anna] = await membersOf(world, definition.activation.id);
    expect(anna).toMatchObject({ listed: true, attribute_mark: null, hashes: null, retry_at: null });
    expect((await runRow(world, run.run)).counts).toMatchObject({ unsent: 1, updated: 0 });
  },
);

test.each(['untouched', 'refused'] as const)(
  'an import that is %s changed nothing in Actito: known values stay known',
  async (fate) => {
    const definition = definitionFor(newActivation());
    await goodRun(world, definition, [ANNA]);
    const run = await planned(world, definition, [{ ...ANNA, values: ['x', '2', '3'] }]);
    await sendAll(world, run, fate);
    await settleRun(world.state, run);
    const [anna] = await membersOf(world, definition.activation.id);
    expect(anna).toMatchObject(await acknowledged(definition));
  },
);

test('an import with unexplained errors confirms nothing, and the same values are not sent again before tomorrow', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, [ANNA]);
  await sendAll(world, run, 'unexplained');
  await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  const [anna] = await membersOf(world, definition.activation.id);
  const { attribute_mark } = await known(definition);
  expect(anna).toMatchObject({ listed: true, attribute_mark, hashes: null, outcome: 'unexplained' });
  expect(anna!.retry_at!.getTime() - Date.now()).toBeGreaterThan(23 * HOUR);
  expect((await planned(world, definition, [ANNA])).plan.toSend).toBe(0);
  const members = `members_${definition.activation.id.replaceAll('-', '_')}`;
  await world.state.raw(`update ${members} set retry_at = retry_at - interval '24 hours'`);
  expect((await planned(world, definition, [ANNA])).plan.toSend).toBe(1);
});

test('after unexplained errors, a change is sent at once', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, [ANNA, BOB]);
  await sendAll(world, run, 'unexplained');
  await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  const next = await planned(world, definition, [{ ...ANNA, values: ['x', '2', '3'] }, BOB]);
  expect(next.plan.toSend).toBe(1);
  expect(next.counts).toMatchObject({ changed: 1, retried: 0 });
});

test('a member without anything to send is not counted as updated', async () => {
  const attributes = [{ column: 'a', attribute: 'a', nulls: 'keep' }];
  const definition = definitionFor(newActivation(), { attributes });
  const run = await goodRun(world, definition, [{ key: 'anna', values: [null] }]);
  expect(run.plan.toSend).toBe(0);
  expect(await membersOf(world, definition.activation.id)).toMatchObject([{ outcome: 'nothing' }]);
  expect((await runRow(world, run.run)).counts).toMatchObject({ updated: 0, unsent: 0 });
  expect((await planned(world, definition, [{ key: 'anna', values: [null] }])).plan.toSend).toBe(0);
});

test('a list that a failing run keeps alive changes no member, and is certain again', async () => {
  const definition = definitionFor(newActivation());
  const { plan } = await goodRun(world, definition, [ANNA]);
  const broken = await planned(world, definition, [ANNA, BOB]);
  await deliver(world, broken, { arrives: false });
  await settleRun(world.state, broken);
  await closeRun(world.state, broken, ended('failed'));
  const before = await membersOf(world, definition.activation.id);

  const run = await planned(world, definition, [BOB]);
  await deliver(world, { ...run, plan: { ...run.plan, list: plan.list } }, { kind: 'kept' });
  await settleRun(world.state, run);
  expect((await membersOf(world, definition.activation.id)).filter(({ listed }) => listed)).toEqual(
    before.filter(({ listed }) => listed),
  );
  const list = { list_members: '1', list_checksum: plan.list.checksum, list_dirty: false };
  expect(await activationRow(world, definition.activation.id)).toMatchObject(list);
});

test('one confirmed import of a file outweighs an earlier one whose answer was lost', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, [ANNA]);
  await sendAll(world, run, 'intended');
  await sendAll(world, run, 'confirmed');
  await deliver(world, run);
  await settleRun(world.state, run);
  expect(await membersOf(world, definition.activation.id)).toMatchObject([await acknowledged(definition)]);
});

test('refused and unmatched members are remembered with the values that were sent, and are due again in 24 hours', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, [ANNA, BOB, { ...ANNA, key: 'carl' }]);
  const [chunk] = await readChunks(world.state, run.run);
  await sendChunk(world, run, chunk!, 'confirmed', [
    { key: 'anna', outcome: 'refused', reason: 'INVALID_VALUE' },
    { key: 'bob', outcome: 'unmatched', reason: 'PROFILE_NOT_FOUND' },
  ]);
  await deliver(world, run);
  await settleRun(world.state, run);
  const values = await known(definition);
  const later = expect.any(Date) as Date;
  expect(await membersOf(world, definition.activation.id)).toMatchObject([
    { key: 'anna', outcome: 'refused', ...values, retry_at: later, listed: true },
    { key: 'bob', outcome: 'unmatched', ...values, retry_at: later, listed: true },
    { key: 'carl', outcome: 'ok', ...values, retry_at: null, listed: true },
  ]);
  expect((await runRow(world, run.run)).counts).toMatchObject({ updated: 1, refused: 1, unmatched: 1 });
  const [anna] = await membersOf(world, definition.activation.id);
  expect(anna!.retry_at!.getTime() - Date.now()).toBeGreaterThan(23 * HOUR);
});

test('row results of unknown keys do not count as explained', async () => {
  const run = await planned(world, definitionFor(newActivation()), [ANNA]);
  const [chunk] = await readChunks(world.state, run.run);
  await sendChunk(world, run, chunk!, 'posted', [
    { key: 'anna', outcome: 'unmatched', reason: 'PROFILE_NOT_FOUND' },
    { key: 'stranger', outcome: 'unmatched', reason: 'PROFILE_NOT_FOUND' },
  ]);
  expect(await countKnownResults(world.state, run.run, chunk!.no)).toBe(1);
});

test('a removed member is deleted once a list without it is delivered, and stays in the state until then', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA, BOB]);
  const run = await planned(world, definition, [ANNA]);
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('failed'));
  const before = await membersOf(world, definition.activation.id);
  expect(before.map(({ key, listed }) => [key, listed])).toEqual([
    ['anna', true],
    ['bob', true],
  ]);
  await goodRun(world, definition, [ANNA]);
  expect((await membersOf(world, definition.activation.id)).map(({ key }) => key)).toEqual(['anna']);
});

test('a member whose values are ambiguous is on the list, and none of its values are known', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA, { ...ANNA, values: ['x', '2', '3'] }]);
  const [anna] = await membersOf(world, definition.activation.id);
  expect(anna).toMatchObject({ key: 'anna', listed: true, attribute_mark: null, hashes: null });
});

test('the next run settles a killed run exactly as it would have settled itself', async () => {
  const [own, other] = [definitionFor(newActivation()), definitionFor(newActivation())];
  const runs = [];
  for (const definition of [own, other]) {
    const run = await planned(world, definition, [ANNA, BOB]);
    await sendAll(world, run);
    await deliver(world, run);
    runs.push(run);
  }
  await settleRun(world.state, runs[0]!);
  await open(world, other);
  const facts = async ({ activation }: typeof own) =>
    (await membersOf(world, activation.id)).map(({ key, listed, hashes }) => [key, listed, hashes !== null]);
  expect(await facts(other)).toEqual(await facts(own));
  expect(await activationRow(world, other.activation.id)).toMatchObject({
    list_members: '2',
    list_dirty: false,
  });
});

test('settling a run that has at most read its segment changes nothing', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA]);
  const before = await membersOf(world, definition.activation.id);
  const run = await open(world, definition);
  await settleRun(world.state, run);
  expect(await membersOf(world, definition.activation.id)).toEqual(before);
});
