import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAcknowledged } from '../../state/acknowledged.ts';
import { withListContent } from '../../state/lists/list-content.ts';
import { renewKeys } from '../../state/members/renew.ts';
import { closeRun } from '../../state/runs/close.ts';
import { readPlanned } from '../../state/runs/runs.ts';
import { rebaseRun } from '../../state/settle/rebase.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { deliver, goodRun, listLines, planned, sendAll } from './sending.ts';
import {
  activationRow,
  compareInto,
  definitionFor,
  extract,
  freshState,
  membersOf,
  newActivation,
  open,
  runRow,
  type OpenOptions,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

/* Another program changed the tables of the state, or an old backup of some of them was restored. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const CARDS = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const person = (key: string) => ({ key, identifier: `card of ${key}`, values: ['1', '2', '3'] });
const PEOPLE = ['anna', 'bob', 'carl'].map(person);
const LIST = ['card of anna', 'card of bob', 'card of carl'];

/** An activation whose list was delivered, and whose members are then changed. */
async function damaged(sql: (members: string) => string): Promise<Definition> {
  const definition = definitionFor(newActivation(), CARDS);
  await goodRun(world, definition, PEOPLE);
  await world.state.raw(sql(`members_${definition.activation.id.replaceAll('-', '_')}`));
  return definition;
}

const emptied = (members: string) => `truncate ${members}`;
const renamed = (members: string) =>
  `update ${members} set key = 'x', identifier = 'card of x' where key = 'bob'`;

/** Damage that a count or a sum of marks shows at once. */
const SEEN: Record<string, (members: string) => string> = {
  'the table was emptied': emptied,
  'a member is gone': (members) => `delete from ${members} where key = 'bob'`,
  'a member is no longer listed': (members) => `update ${members} set listed = false where key = 'bob'`,
  'a stranger is on the list': (members) =>
    `insert into ${members} (mark, identifier_mark, since, listed, key) values (gen_random_uuid(), 1, 1, true, 'eve')`,
  'one was exchanged for another': (members) =>
    `update ${members} set identifier_mark = identifier_mark + 1 where key = 'bob'`,
};

test.each(Object.entries(SEEN))('when %s, a run fails before it sends anything', async (_, change) => {
  const definition = await damaged(change);
  const { id } = definition.activation;
  const before = [await membersOf(world, id), await activationRow(world, id)];
  const run = await open(world, definition);
  await expect(compareInto(world, run, PEOPLE)).rejects.toMatchObject({
    type: 'StateDamaged',
    retryable: false,
    message: expect.stringMatching(
      `state of activation ${id} is damaged: .* (but the last delivery had 3|3 members .*, as the last delivery had, but not the same ones)\\..*actito-sync rebase ${id} .*actito-sync resync ${id}`,
    ) as string,
  });
  expect(await runRow(world, run.run)).toMatchObject({ delta: null, plan: null });
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('failed'));
  const lease = { fence: expect.any(String) as string };
  expect([await membersOf(world, id), { ...(await activationRow(world, id)), ...lease }]).toEqual(before);
});

test('a dry run says so too', async () => {
  const definition = await damaged(emptied);
  const run = await open(world, definition, { dryRun: true });
  await expect(compareInto(world, run, PEOPLE)).rejects.toMatchObject({ type: 'StateDamaged' });
});

test('the acknowledged list is not kept alive without the members that are lost', async () => {
  const run = await open(world, await damaged(SEEN['a member is gone']!));
  const { seed, list } = await readAcknowledged(world.state, run);
  const request = { kind: 'kept' as const, figures: list, seed, separator: ';' };
  const reading = withListContent(world.state, run, request, async (content) => {
    for await (const {} of content);
  });
  await expect(reading).rejects.toMatchObject({ type: 'StateDamaged' });
});

/** Compares like the activity: changed keys get new marks first. */
async function compared(definition: Definition, options: OpenOptions) {
  const run = await open(world, definition, options);
  await renewKeys(world.state, run, run);
  return extract(world, run, PEOPLE);
}

const ALL = Object.entries({ ...SEEN, 'key and identifier have other texts': renamed });

test.each(ALL)('when %s, a rebase adopts the segment as the state again', async (_, change) => {
  const definition = await damaged(change);
  const run = await compared(definition, { rebase: true });
  await rebaseRun(world.state, run);
  await closeRun(world.state, run, null);
  const next = await planned(world, definition, PEOPLE);
  expect(next.plan).toMatchObject({ push: 'repair', toSend: 0 });
  expect(next.counts).toMatchObject({ added: 0, removed: 0, members: 3 });
  expect(await listLines(world, next)).toEqual(LIST);
});

test.each(ALL)('when %s, a resync sends and delivers everything again', async (_, change) => {
  const definition = await damaged(change);
  const run = await readPlanned(world.state, (await compared(definition, { resync: true })).run);
  expect(run.plan).toMatchObject({ toSend: 3, list: { members: 3 } });
  expect(await listLines(world, run)).toEqual(LIST);
  await sendAll(world, run);
  await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  const next = await planned(world, definition, PEOPLE);
  expect(next.plan).toMatchObject({ push: null, toSend: 0 });
  expect(next.counts).toMatchObject({ added: 0, removed: 0, members: 3 });
});

test('damaged texts that no other check notices prevent the delivery of the list', async () => {
  const definition = await damaged(renamed);
  const run = await planned(world, definition, [...PEOPLE, person('dora')]);
  await expect(listLines(world, run)).rejects.toMatchObject({ type: 'StateDamaged' });
});
