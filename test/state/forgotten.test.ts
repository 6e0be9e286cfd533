import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Definition } from '../../activation/definition/definition.ts';
import { spellingsOf } from '../../activation/keys/spellings.ts';
import { closeRun } from '../../state/close.ts';
import { eraseFrom } from '../../state/forgotten/erase.ts';
import { completeRecord, recordForgotten } from '../../state/forgotten/record.ts';
import { planRun } from '../../state/plan.ts';
import { storeRejects } from '../../state/rejects.ts';
import { rows } from '../../state/state.ts';
import { tablesWith } from '../support/tables-with.ts';
import { deliver, goodRun, planned, sendAll } from './sending.ts';
import {
  activationRow,
  definitionFor,
  everyoneIsGone,
  everyoneIsThere,
  execution,
  extract,
  freshState,
  membersOf,
  newActivation,
  open,
  type SegmentRow,
  type StateWorld,
} from './support.ts';

let world: StateWorld;
let definition: Definition;
let vip: string;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());
beforeEach(async () => {
  await world.state.raw('truncate forgotten cascade');
  definition = definitionFor(newActivation());
  vip = definition.activation.id;
});

const person = (key: string, identifier: string | null = null): SegmentRow => ({
  ...{ key, identifier, values: ['1', '2', '3'] },
});
const ANNA = person('anna-4711');
const BOB = person('bob-4712');

/** Records that a key is to be forgotten. */
const record = (key: string, countries: string[] = []) =>
  recordForgotten(world.state, { spellings: spellingsOf(key, countries), by: 'dpo', reason: null });

const erase = (number: string, activation = vip, isOpen = everyoneIsGone) =>
  eraseFrom(
    world.state,
    { record: number, activation, execution: execution(`forget-${number}`) },
    isOpen,
    new AbortController().signal,
  );

async function forget(key: string, activation = vip) {
  return erase((await record(key)).record, activation);
}

/** A state that names Anna wherever it can: member, rejects with their story, samples, chunks, tables of a run. */
async function annaEverywhere(): Promise<void> {
  await goodRun(world, definition, [ANNA, BOB]);
  const run = await planned(world, definition, [ANNA, { ...ANNA, values: ['x', '2', '3'] }, BOB]);
  await storeRejects(world.state, run, [{ key: ' anna-4711', reason: 'IdentifierKeyMissing' }]);
  await closeRun(world.state, run, { outcome: 'failed' });
  await planned(world, definition, [{ ...ANNA, values: ['new', '2', '3'] }, BOB], { dryRun: true });
}

test('no table holds the key of someone who was forgotten, and the proof says in numbers what did', async () => {
  await annaEverywhere();
  expect(await tablesWith(world.state, 'anna-4711')).toEqual([
    ...['chunks', expect.stringMatching(/^delta_/), `members_${vip.replace('-', '_')}`],
    ...['reject_stories', 'rejects', 'samples', expect.stringMatching(/^stage_/)],
  ]);
  const found = await forget('anna-4711');
  expect(found).toEqual({ members: 1, listed: 1, others: { rejects: 2, reject_stories: 2, samples: 1 } });
  expect(await tablesWith(world.state, 'anna-4711')).toEqual([]);
  expect(await tablesWith(world.state, 'bob-4712')).toEqual([`members_${vip.replace('-', '_')}`, 'samples']);
});

test('a key that nobody has is recorded all the same, and never added', async () => {
  await goodRun(world, definition, [BOB]);
  expect(await forget('anna-4711')).toMatchObject({ members: 0, listed: 0 });
  expect(await activationRow(world, vip)).toMatchObject({ list_dirty: false });
  const next = await planned(world, definition, [ANNA, BOB]);
  expect(next.counts).toMatchObject({ forgotten: 1, added: 0, members: 1 });
});

test('the next run delivers the list without the person, whom the segment still has', async () => {
  await goodRun(world, definition, [ANNA, BOB]);
  await forget('anna-4711');
  expect(await activationRow(world, vip)).toMatchObject({
    ...{ list_members: '1', list_dirty: true, fingerprint: null },
  });
  const next = await goodRun(world, definition, [ANNA, BOB]);
  expect(next.plan).toMatchObject({ push: 'repair', list: { members: 1 }, toSend: 0, guards: [] });
  expect(next.counts).toMatchObject({ read: 2, rejected: 0, forgotten: 1, members: 1, added: 0, removed: 0 });
  expect(await membersOf(world, vip)).toMatchObject([{ key: 'bob-4712' }]);
  expect(await activationRow(world, vip)).toMatchObject({ list_members: '1', list_dirty: false });
  const unchanged = await planned(world, definition, [ANNA, BOB]);
  expect(unchanged.plan).toMatchObject({ push: null, unchanged: true });
  expect(unchanged.counts).toMatchObject({ forgotten: 1, members: 1 });
});

test('a held run delivers the acknowledged list without the person, although it is not yet due', async () => {
  const guarded = (allowEmpty: boolean) => definitionFor(vip, { guards: { allowEmpty } });
  await goodRun(world, guarded(true), [ANNA, BOB]);
  await forget('anna-4711');
  const held = await planned(world, guarded(false), []);
  expect(held.plan.guards).toMatchObject([{ guard: 'allowEmpty' }]);
  expect(held.plan).toMatchObject({ push: 'repair', list: { members: 1, from: 'members' } });
});

test('who was forgotten is no loss that a guard would hold a run for', async () => {
  const crowd = Array.from({ length: 100 }, (_, i) => person(`person-${i}`));
  const strict = definitionFor(vip, { guards: { maxRemovedRatio: 0.1 } });
  await goodRun(world, strict, crowd);
  for (let i = 0; i < 10; i++) await forget(`person-${i}`);
  const next = await planned(world, strict, crowd.slice(0, 99));
  expect(next.counts).toMatchObject({ removed: 1, forgotten: 10 });
  expect(next.plan.guards).toEqual([]);
});

test('a rejected row of a forgotten person is counted, and not stored', async () => {
  await record('anna-4711');
  const run = await open(world, definition);
  const rejects = ['  anna-4711', 'carl'].map((key) => ({ key, reason: 'IdentifierKeyMissing' }));
  await storeRejects(world.state, run, rejects);
  expect(await rows(world.state, 'select key from rejects where run = ?', [run.run])).toEqual([
    { key: 'carl' },
  ]);
});

test('a dry run shows no sample of a forgotten person', async () => {
  await record('anna-4711');
  const run = await planned(world, definition, [ANNA, BOB], { dryRun: true });
  const sampled = await rows(world.state, 'select key from samples where run = ?', [run.run]);
  expect(sampled).toEqual([{ key: 'bob-4712' }]);
});

test('nor does one that samples members while the person is still among them', async () => {
  await goodRun(world, definition, [ANNA, BOB]);
  const run = await open(world, definition, { dryRun: true });
  await extract(world, run, [ANNA, BOB]);
  await record('anna-4711');
  const { plan } = await planRun(world.state, run);
  expect(plan.unchanged).toBe(true);
  const sampled = await rows(world.state, 'select key from samples where run = ?', [run.run]);
  expect(sampled).toEqual([{ key: 'bob-4712' }]);
});

const OTHER_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };

test('a member found by its key is forgotten with its list identifier, and by that as well as by its key', async () => {
  const cards = definitionFor(vip, OTHER_IDENTIFIER);
  const [anna, bob] = [person('key-1', 'card-1'), person('key-2', 'card-2')];
  await goodRun(world, cards, [anna, bob]);
  expect(await forget('key-1')).toMatchObject({ members: 1, listed: 1 });
  expect(await forget('card-2')).toMatchObject({ members: 1, listed: 1 });
  for (const text of ['key-1', 'card-1', 'key-2', 'card-2'])
    expect(await tablesWith(world.state, text)).toEqual([]);
  const next = await planned(world, cards, [anna, bob]);
  expect(next.counts).toMatchObject({ read: 2, forgotten: 2, members: 0 });
});

test.each([
  { type: 'email', typed: ' Anna@Shop.BE', staged: 'anna@shop.be' },
  { type: 'phone', typed: '0470 12 34 56', staged: '+32470123456' },
  { type: 'phone', typed: '+32 470 12 34 56', staged: '0470/12.34.56' },
])('a $type that is asked for as "$typed" is forgotten where it is spelt otherwise', async (each) => {
  const key = { type: each.type, ...(each.type === 'phone' ? { country: 'BE' } : {}) };
  const spelt = definitionFor(vip, { matchingKey: { column: 'id', attribute: 'contact', ...key } });
  await goodRun(world, spelt, [person(each.staged)]);
  const { record: number } = await record(each.typed, ['FR', 'BE']);
  expect(await erase(number)).toMatchObject({ members: 1 });
  expect((await planned(world, spelt, [person(each.staged)])).counts).toMatchObject({
    forgotten: 1,
    members: 0,
  });
});

test('each activation is erased for itself', async () => {
  const other = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA]);
  await goodRun(world, other, [ANNA]);
  const { record: number } = await record('anna-4711');
  await erase(number);
  expect(await membersOf(world, other.activation.id)).toHaveLength(1);
  await erase(number, other.activation.id);
  expect(await tablesWith(world.state, 'anna-4711')).toEqual([]);
});

test('a run that is under way is waited for, and what it brings back is erased afterwards', async () => {
  await goodRun(world, definition, [ANNA, BOB]);
  const run = await planned(world, definition, [{ ...ANNA, values: ['new', '2', '3'] }, BOB, person('carl')]);
  const { record: number } = await record('anna-4711');
  await expect(erase(number, vip, everyoneIsThere)).rejects.toMatchObject({
    type: 'RunUnderWay',
    message: expect.stringContaining(`activation/${vip} is running activation ${vip}`),
  });
  await sendAll(world, run);
  await deliver(world, run);
  // The workflow is killed: its run is settled first, and then erased from.
  expect(await erase(number)).toMatchObject({ members: 1, listed: 1 });
  expect(await tablesWith(world.state, 'anna-4711')).toEqual([]);
  expect(await membersOf(world, vip)).toMatchObject([{ key: 'bob-4712' }, { key: 'carl', listed: true }]);
  expect(await activationRow(world, vip)).toMatchObject({
    ...{ list_members: '2', list_dirty: true, holder_run: null },
  });
});

test('a dry run that is under way is waited for: it has read the person', async () => {
  await planned(world, definition, [ANNA], { dryRun: true });
  const { record: number } = await record('anna-4711');
  await expect(erase(number, vip, everyoneIsThere)).rejects.toMatchObject({ type: 'RunUnderWay' });
});

test('an attempt that is repeated keeps what the first has found', async () => {
  await goodRun(world, definition, [ANNA]);
  const { record: number } = await record('anna-4711');
  const again = { record: number, activation: vip, execution: execution('forget') };
  const attempt = () => eraseFrom(world.state, again, everyoneIsGone, new AbortController().signal);
  expect(await attempt()).toEqual(await attempt());
  expect(await rows(world.state, 'select members, listed from erasures')).toEqual([
    { members: '1', listed: '1' },
  ]);
});

test('asking again in another spelling finds the record, which is open again until everything was erased', async () => {
  const first = await record('Anna@Shop.be');
  await completeRecord(world.state, first.record);
  expect(await record(' anna@SHOP.be ')).toEqual({ record: first.record, already: true });
  const [{ completed_at }] = (await rows<{ completed_at: Date | null }>(
    world.state,
    'select * from forgotten',
  )) as [never];
  expect(completed_at).toBeNull();
  expect(await record('bob@shop.be')).toMatchObject({ already: false });
});

test('two who ask for the same at the same time make one record', async () => {
  const both = await Promise.all([record('anna-4711'), record('anna-4711')]);
  expect(new Set(both.map(({ record: number }) => number)).size).toBe(1);
  expect(both.map(({ already }) => already).sort()).toEqual([false, true]);
});
