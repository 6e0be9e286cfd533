import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../state/runs/close.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { deliver, goodRun, listLines, planned, sendAll } from './sending.ts';
import { activationRow, definitionFor, freshState, newActivation, type StateWorld } from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const people = (...keys: string[]) =>
  keys.map((key) => ({ key, identifier: `card-${key}`, values: ['1', '2', '3'] }));
const after = (grace: string, changes = {}, id = newActivation()) =>
  definitionFor(id, { removal: { after: grace }, ...changes });
const many = (count: number) => people(...Array.from({ length: count }, (_, i) => `p${i}`));

/** The list that a run would deliver now. */
const listWith = async (definition: Definition, ...keys: string[]) =>
  listLines(world, await planned(world, definition, people(...keys)));

test('with a grace period of 2 runs, the third run in a row without a member removes it', async () => {
  const definition = after('2 runs');
  await goodRun(world, definition, people('anna', 'bob'));
  for (const place of ['first', 'second']) {
    const { plan, counts } = await goodRun(world, definition, people('anna'));
    expect({ place, ...counts }).toMatchObject({ removed: 0, leaving: 1, members: 2, unchanged: 1 });
    expect(plan.push).toBeNull();
  }
  const { plan, counts } = await goodRun(world, definition, people('anna'));
  expect(counts).toMatchObject({ removed: 1, leaving: 0, members: 1 });
  expect(plan.push).toBe('changed');
  const next = await planned(world, definition, people('anna'));
  expect(next.plan).toMatchObject({ push: null, toSend: 0 });
  expect(next.counts).toMatchObject({ removed: 0, leaving: 0, unchanged: 1 });
});

test('with a grace period of 24 hours, the first run after 24 hours without a member removes it', async () => {
  const definition = after('24h');
  await goodRun(world, definition, people('anna', 'bob'));
  await goodRun(world, definition, people('anna'));
  const pass = (hours: number) =>
    world.state.raw(
      `update members_${definition.activation.id.replaceAll('-', '_')}
       set missing_since = missing_since - interval '${hours} hours'`,
    );
  await pass(23);
  expect(await listWith(definition, 'anna')).toEqual(['anna', 'bob']);
  await pass(1);
  expect(await listWith(definition, 'anna')).toEqual(['anna']);
});

test.each(['failed', 'held', 'cancelled'] as const)(
  'a run that ended as %s does not count toward the grace period',
  async (outcome) => {
    const definition = after('1 run');
    await goodRun(world, definition, people('anna', 'bob'));
    for (const place of ['first', 'second', 'third']) {
      const run = await planned(world, definition, people('anna'));
      expect({ place, ...run.counts }).toMatchObject({ leaving: 1, removed: 0 });
      await settleRun(world.state, run);
      await closeRun(world.state, run, ended(outcome));
    }
  },
);

test('a member that returns within its grace period was never removed, and its next grace period starts from zero', async () => {
  const definition = after('2 runs');
  const sinceOf = async (key: string) => {
    const table = `members_${definition.activation.id.replaceAll('-', '_')}`;
    return rows(world.state, `select since, missing_run from ${table} where key = ?`, [key]);
  };
  await goodRun(world, definition, people('anna', 'bob'));
  const before = await sinceOf('bob');
  await goodRun(world, definition, people('anna'));
  await goodRun(world, definition, people('anna'));
  const { plan, counts } = await goodRun(world, definition, people('anna', 'bob'));
  expect(plan).toMatchObject({ push: null, toSend: 0 });
  expect(counts).toMatchObject({ added: 0, removed: 0, leaving: 0, unchanged: 2 });
  expect(await sinceOf('bob')).toEqual(before);
  await goodRun(world, definition, people('anna'));
  await goodRun(world, definition, people('anna'));
  expect(await listWith(definition, 'anna')).toEqual(['anna']);
});

test('a run that could not deliver its list still records who was missing and who returned', async () => {
  const definition = after('24h');
  const undelivered = async (...keys: string[]) => {
    const run = await planned(world, definition, people(...keys));
    await sendAll(world, run);
    await deliver(world, run, { arrives: false });
    await settleRun(world.state, run);
    await closeRun(world.state, run, ended('failed'));
  };
  const pass = (hours: number) =>
    world.state.raw(
      `update members_${definition.activation.id.replaceAll('-', '_')}
       set missing_since = missing_since - interval '${hours} hours'`,
    );
  await goodRun(world, definition, people('anna', 'bob'));
  await undelivered('anna', 'carl');
  await pass(23);
  expect(await listWith(definition, 'anna')).toEqual(['anna', 'bob']);
  await pass(1);
  expect(await listWith(definition, 'anna')).toEqual(['anna']);
  await undelivered('anna', 'bob', 'carl');
  expect(await listWith(definition, 'anna')).toEqual(['anna', 'bob']);
});

test('a resync keeps members in their grace period', async () => {
  const definition = after('1 run');
  await goodRun(world, definition, people('anna', 'bob'));
  const run = await planned(world, definition, people('anna'), { resync: true });
  expect(run.plan).toMatchObject({ push: 'resync', toSend: 1 });
  expect(await listLines(world, run)).toEqual(['anna', 'bob']);
});

test('without the setting, the next run removes members in their grace period', async () => {
  const definition = after('9 runs');
  await goodRun(world, definition, people('anna', 'bob'));
  await goodRun(world, definition, people('anna'));
  expect(await listWith(definitionFor(definition.activation.id), 'anna')).toEqual(['anna']);
});

const card = (attribute: string) => ({ list: { identifier: { column: 'card', attribute } } });

test.each([
  { what: 'has another name', changes: { list: { name: 'Other', ...card('cardNumber').list } }, stays: true },
  { what: 'holds another attribute', changes: card('loyaltyNumber'), stays: false },
  { what: 'holds the key', changes: {}, stays: false },
  {
    what: 'is of another profile table',
    changes: card('cardNumber'),
    destination: { profileTable: 'X' },
    stays: false,
  },
])(
  'if the list $what, a member in its grace period stays on it: $stays',
  async ({ changes, destination = {}, stays }) => {
    const definition = after('9 runs', card('cardNumber'));
    await goodRun(world, definition, people('anna', 'bob'));
    await goodRun(world, definition, people('anna'));
    const changed = definitionFor(
      definition.activation.id,
      { removal: { after: '9 runs' }, ...changes },
      destination,
    );
    const lines = await listWith(changed, 'anna');
    expect(lines.some((line) => line.includes('bob'))).toBe(stays);
    expect(lines).toHaveLength(stays ? 2 : 1);
  },
);

test('the guards count removed members, not members in their grace period', async () => {
  const guards = { maxRemovedRatio: 0.3, maxRemoved: 50 };
  const definition = after('1 run', { guards });
  await goodRun(world, definition, many(200));
  const first = await goodRun(world, definition, many(120));
  expect(first.plan.guards).toEqual([]);
  expect(first.counts).toMatchObject({ leaving: 80, members: 200 });
  const second = await planned(world, definition, many(120));
  expect(second.plan.guards.map(({ guard }) => guard)).toEqual(['maxRemovedRatio', 'maxRemoved']);
});

test('an empty segment trips the guard even if everyone is in a grace period, and the list is kept alive', async () => {
  const definition = after('9 runs', { guards: {} });
  await goodRun(world, definition, people('anna', 'bob'));
  await goodRun(world, definition, people('anna'));
  await world.state.raw(
    `update activations set list_delivered_at = now() - interval '30 hours' where id = ?`,
    [definition.activation.id],
  );
  const run = await planned(world, definition, []);
  expect(run.plan).toMatchObject({ push: 'keep-alive', guards: [{ guard: 'allowEmpty' }] });
  expect(run.plan.guards[0]!.message).toContain('the list would soon target nobody');
  expect(await listLines(world, run, 'kept')).toEqual(['anna', 'bob']);
  await deliver(world, run, { kind: 'kept' });
  await settleRun(world.state, run);
  const row = await activationRow(world, definition.activation.id);
  expect(row).toMatchObject({ list_members: '2', list_dirty: false });
  expect(Date.now() - (row.list_delivered_at as Date).getTime()).toBeLessThan(3_600_000);
});

test('a state that lost members is noticed even if others are in their grace period', async () => {
  const definition = after('9 runs');
  await goodRun(world, definition, people('anna', 'bob'));
  const run = await planned(world, definition, people('anna'));
  await world.state.raw(`delete from members_${run.activation.replaceAll('-', '_')} where key = 'bob'`);
  await expect(listLines(world, run)).rejects.toMatchObject({ type: 'StateDamaged' });
  await expect(planned(world, definition, people('anna'))).rejects.toMatchObject({ type: 'StateDamaged' });
});

test('changed attributes are sent while another member is in its grace period; those of that member are not', async () => {
  const definition = after('9 runs');
  await goodRun(world, definition, people('anna', 'bob'));
  const run = await planned(world, definition, [{ key: 'anna', values: ['x', '2', '3'] }]);
  expect(run.plan.toSend).toBe(1);
  await sendAll(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  const again = await planned(world, definition, [{ key: 'anna', values: ['x', '2', '3'] }]);
  expect(again.plan.toSend).toBe(0);
  expect(again.counts).toMatchObject({ changed: 0, leaving: 1 });
});
