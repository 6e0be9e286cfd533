import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../state/runs/close.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { deliver, goodRun, listLines, planned, sendAll } from './sending.ts';
import { activationRow, definitionFor, freshState, newActivation, type StateWorld } from './support.ts';

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

/** Who would be on the list that a run delivers now. */
const listWith = async (definition: Definition, ...keys: string[]) =>
  listLines(world, await planned(world, definition, people(...keys)));

test('of 2 runs, a member stays for two runs that lack it, and leaves with the third in a row', async () => {
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
  expect((await planned(world, definition, people('anna'))).plan.unchanged).toBe(true);
});

test('of 24 hours, it leaves with the first run that finds it missing for so long', async () => {
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
  'a run that %s is none that lacked a member',
  async (outcome) => {
    const definition = after('1 run');
    await goodRun(world, definition, people('anna', 'bob'));
    for (const place of ['first', 'second', 'third']) {
      const run = await planned(world, definition, people('anna'));
      expect({ place, ...run.counts }).toMatchObject({ leaving: 1, removed: 0 });
      await settleRun(world.state, run);
      await closeRun(world.state, run, { outcome });
    }
  },
);

test('who comes back within the grace has never left, and its grace begins anew', async () => {
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

test('a resync keeps those whose grace is not over', async () => {
  const definition = after('1 run');
  await goodRun(world, definition, people('anna', 'bob'));
  const run = await planned(world, definition, people('anna'), { resync: true });
  expect(run.plan).toMatchObject({ push: 'resync', toSend: 1 });
  expect(await listLines(world, run)).toEqual(['anna', 'bob']);
});

test('without the setting, whoever was leaving leaves with the next run', async () => {
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
  'when the list $what, whoever is leaving stays: $stays, for its identifier is the old one',
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

test('the guards judge those who leave, not those who will', async () => {
  const guards = { maxRemovedRatio: 0.3, maxRemoved: 50 };
  const definition = after('1 run', { guards });
  await goodRun(world, definition, many(200));
  const first = await goodRun(world, definition, many(120));
  expect(first.plan.guards).toEqual([]);
  expect(first.counts).toMatchObject({ leaving: 80, members: 200 });
  const second = await planned(world, definition, many(120));
  expect(second.plan.guards.map(({ guard }) => guard)).toEqual(['maxRemovedRatio', 'maxRemoved']);
});

test('an empty segment trips the guard although the list is kept, and those who are leaving are kept alive', async () => {
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
  expect(await listLines(world, run)).toEqual(['anna', 'bob']);
  await deliver(world, run);
  await settleRun(world.state, run);
  expect(await activationRow(world, definition.activation.id)).toMatchObject({ list_members: '2' });
});

test('a stage that lost rows is noticed although others are leaving', async () => {
  const definition = after('9 runs');
  await goodRun(world, definition, people('anna', 'bob'));
  const run = await planned(world, definition, people('anna'));
  await world.state.raw(`delete from ${run.stage} where key = 'bob'`);
  await expect(listLines(world, run)).rejects.toMatchObject({ name: 'StageLost' });
});

test('attributes that change while another member is leaving are sent, those of who is leaving are not', async () => {
  const definition = after('9 runs');
  await goodRun(world, definition, people('anna', 'bob'));
  const run = await planned(world, definition, [{ key: 'anna', values: ['x', '2', '3'] }]);
  expect(run.plan.toSend).toBe(1);
  await sendAll(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, { outcome: 'succeeded' });
  const again = await planned(world, definition, [{ key: 'anna', values: ['x', '2', '3'] }]);
  expect(again.plan).toMatchObject({ toSend: 0, unchanged: false });
});
