import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPlanned } from '../../state/runs/runs.ts';
import { rows } from '../../state/state.ts';
import { goodRun, planned, sendAll, deliver } from './sending.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { closeRun } from '../../state/runs/close.ts';
import {
  activationRow,
  definitionFor,
  extract,
  freshState,
  newActivation,
  open,
  type SegmentRow,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const people = (count: number, value = '1') =>
  Array.from({ length: count }, (_, i) => ({ key: `p${i}`, values: [value, '2', '3'] }));

/** Moves the stored times of the state back by this time. */
async function age(activation: string, hours: number): Promise<void> {
  for (const [table, column, id] of [
    ['activations', 'list_delivered_at', 'id'],
    ['deliveries', 'delivered_at', 'activation'],
  ]) {
    await world.state.raw(
      `update ${table} set ${column} = ${column} - interval '${hours} hours' where ${id} = ?`,
      [activation],
    );
  }
}

const GUARDED = { guards: { maxRemovedRatio: 0.3, maxRejectedRatio: 0.05, allowEmpty: false } };
const guardsOf = async (definition: ReturnType<typeof definitionFor>, count: number) => {
  const { plan } = await planned(world, definition, people(count));
  return plan.guards.map(({ guard }) => guard);
};

test('the first run delivers for the first time, and the next one has no reason to deliver', async () => {
  const definition = definitionFor(newActivation());
  expect((await goodRun(world, definition, people(3))).plan.push).toBe('first delivery');
  const next = await planned(world, definition, people(3));
  expect(next.plan).toMatchObject({ push: null, toSend: 0 });
  expect(await rows(world.state, `select from ${next.delta}`)).toEqual([]);
});

test('a list is delivered when its members change, not when only their values do', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  expect((await planned(world, definition, people(3, 'x'))).plan).toMatchObject({ push: null, toSend: 3 });
  expect((await planned(world, definition, people(2))).plan.push).toBe('changed');
  expect((await planned(world, definition, people(4))).plan.push).toBe('changed');
});

test('plans have different hashes if a member is added, removed or sent different values, whatever the order of rows', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const hashOf = async (segment: SegmentRow[]) => (await planned(world, definition, segment)).plan.hash;
  const [first, second, third] = people(3) as [SegmentRow, SegmentRow, SegmentRow];
  const changed = (row: SegmentRow, value: string) => ({ ...row, values: [value, '2', '3'] });
  const segments = [
    people(3),
    people(2),
    [second, third],
    people(4),
    [...people(3), { ...first, key: 'other' }],
    ...[changed(first, 'x'), changed(first, 'y')].map((one) => [one, second, third]),
    ...[changed(second, 'x'), changed(second, 'y')].map((one) => [first, one, third]),
    [changed(first, 'x'), changed(second, 'x'), third],
    [first, second, { ...third, key: 'other' }],
  ];
  const hashes = [];
  for (const segment of segments) hashes.push(await hashOf(segment));
  expect(new Set(hashes).size).toBe(segments.length);
  for (const [at, segment] of segments.entries()) expect(await hashOf(segment.toReversed())).toBe(hashes[at]);
});

test('an unchanged list is kept alive from half of its validity on', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  await age(definition.activation.id, 22);
  expect((await planned(world, definition, people(3))).plan.push).toBeNull();
  await age(definition.activation.id, 2);
  expect((await planned(world, definition, people(3))).plan).toMatchObject({
    push: 'keep-alive',
    toSend: 0,
  });
  expect((await planned(world, definition, people(3, 'x'))).plan.push).toBe('keep-alive');
});

test('a changed validity needs a new file: until then the list ends when the old one does', async () => {
  const id = newActivation();
  const withValidity = (hours: number) => definitionFor(id, { list: { validity: `${hours}h` } });
  const push = async (hours: number) => (await planned(world, withValidity(hours), people(3))).plan.push;
  await goodRun(world, withValidity(24), people(3));
  expect(await push(24)).toBeNull();
  expect(await push(720)).toBe('keep-alive');
  await goodRun(world, withValidity(720), people(3));
  await age(id, 25);
  expect(await push(720)).toBeNull();
});

test('a delivery that was begun and not finished is repaired, even if nothing changed', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const broken = await planned(world, definition, people(4));
  await deliver(world, broken, { arrives: false });
  expect((await planned(world, definition, people(3))).plan.push).toBe('repair');
});

test('another list, file or server gets its first delivery', async () => {
  const id = newActivation();
  await goodRun(world, definitionFor(id), people(3));
  for (const list of [{ name: 'Other' }, { fileName: 'other.csv' }]) {
    expect((await planned(world, definitionFor(id, { list }), people(3))).plan.push).toBe('first delivery');
  }
  const moved = definitionFor(id, {}, { entity: 'moved' });
  expect((await planned(world, moved, people(3))).plan.push).toBe('first delivery');
});

test('a resync sends and delivers everything, although nothing changed', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const { plan } = await planned(world, definition, people(3), { resync: true });
  expect(plan).toMatchObject({ push: 'resync', toSend: 3 });
});

test('the same values are sent again after a run whose attributes were not all confirmed', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const run = await planned(world, definition, people(3, 'x'));
  await sendAll(world, run, 'doubtful');
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  const again = await planned(world, definition, people(3, 'x'));
  expect(again.plan).toMatchObject({ toSend: 3 });
  const back = await planned(world, definition, people(3));
  expect(back.plan).toMatchObject({ toSend: 3 });
});

test('too many removed members at once trip the guard, and an ordinary loss does not', async () => {
  const definition = definitionFor(newActivation(), GUARDED);
  await goodRun(world, definition, people(200));
  expect(await guardsOf(definition, 141)).toEqual([]);
  expect(await guardsOf(definition, 139)).toEqual(['maxRemovedRatio']);
});

test('a member whose list identifier is replaced counts as removed, unless the list now holds another attribute', async () => {
  const id = newActivation();
  const by = (attribute: string) =>
    definitionFor(id, { ...GUARDED, list: { identifier: { column: 'card', attribute } } });
  const named = (prefix: string) => people(100).map((row, i) => ({ ...row, identifier: `${prefix}${i}` }));
  const guards = async (attribute: string, prefix: string) =>
    (await planned(world, by(attribute), named(prefix))).plan.guards.map(({ guard }) => guard);
  await goodRun(world, by('customerId'), named('a'));
  expect(await guards('customerId', 'a')).toEqual([]);
  expect(await guards('customerId', 'b')).toEqual(['maxRemovedRatio']);
  expect(await guards('profileId', 'b')).toEqual([]);
});

test('slow losses over several runs trip the guard: the loss counts from the peak of 7 days', async () => {
  const definition = definitionFor(newActivation(), GUARDED);
  for (const count of [200, 170, 145]) await goodRun(world, definition, people(count));
  expect(await guardsOf(definition, 130)).toEqual(['maxRemovedRatio']);
});

test('a peak of more than 7 days ago does not count', async () => {
  const definition = definitionFor(newActivation(), GUARDED);
  await goodRun(world, definition, people(200));
  await age(definition.activation.id, 6.9 * 24);
  await goodRun(world, definition, people(145));
  expect(await guardsOf(definition, 130)).toEqual(['maxRemovedRatio']);
  await age(definition.activation.id, 0.2 * 24);
  expect(await guardsOf(definition, 130)).toEqual([]);
});

test('an empty segment trips a guard, unless it is allowed or the list was empty before', async () => {
  expect(await guardsOf(definitionFor(newActivation(), GUARDED), 0)).toEqual(['allowEmpty']);
  const allowed = { guards: { ...GUARDED.guards, allowEmpty: true } };
  const definition = definitionFor(newActivation(), allowed);
  expect(await guardsOf(definition, 0)).toEqual([]);
  await goodRun(world, definition, []);
  const again = definitionFor(definition.activation.id, GUARDED);
  expect((await planned(world, again, [], { resync: true })).plan.guards).toEqual([]);
});

test('too many rows without a usable key trip a guard', async () => {
  const definition = definitionFor(newActivation(), GUARDED);
  const rejected = (count: number) =>
    Array.from({ length: count }, () => ({ key: null, values: [null, null, null] }));
  const guards = async (count: number) =>
    (await planned(world, definition, [...people(95), ...rejected(count)])).plan.guards;
  expect(await guards(5)).toEqual([]);
  expect(await guards(6)).toMatchObject([{ guard: 'maxRejectedRatio' }]);
});

test('settling a held run acknowledges nothing', async () => {
  const definition = definitionFor(newActivation(), GUARDED);
  await goodRun(world, definition, people(200));
  const before = await activationRow(world, definition.activation.id);
  const run = await open(world, definition);
  await extract(world, run, people(10));
  expect((await readPlanned(world.state, run.run)).plan.guards).toHaveLength(1);
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('held'));
  const fence = expect.any(String) as string;
  expect(await activationRow(world, definition.activation.id)).toEqual({ ...before, fence });
});
