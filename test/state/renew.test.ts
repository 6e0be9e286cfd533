import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checksumOf } from '../../activation/comparison/marks.ts';
import { canonicalEmail } from '../../activation/keys/email.ts';
import { KEY_RULES } from '../../activation/keys/canonical.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { renewKeys } from '../../state/members/renew.ts';
import { readPlanned } from '../../state/runs/runs.ts';
import { rows } from '../../state/state.ts';
import { requireUndo } from '../../state/undo.ts';
import { goodRun, listLines } from './sending.ts';
import {
  activationRow,
  definitionFor,
  extract,
  freshState,
  marksOf,
  membersOf,
  newActivation,
  open,
  type StateWorld,
} from './support.ts';
import { repeats } from '../setup/repeats.ts';

/* Members whose keys were stored under other rules than those of this version. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const VALUES = ['1', '2', '3'];
const MAIL = { matchingKey: { column: 'mail', type: 'email', attribute: 'emailAddress' } };
const CARDS = { ...MAIL, list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const people = (...keys: string[]) => keys.map((key) => ({ key, values: VALUES }));

interface Stored {
  key: string;
  identifier?: string;
  listed?: boolean;
}

/** An activation with exactly these members, stored under other rules and all confirmed. */
async function storedAs(stored: Stored[], changes: object = MAIL): Promise<Definition> {
  const definition = definitionFor(newActivation(), changes);
  const { id } = definition.activation;
  await goodRun(world, definition, []);
  const seed = String((await activationRow(world, id)).seed);
  const members = `members_${id.replaceAll('-', '_')}`;
  for (const { key, identifier = null, listed = true } of stored) {
    const { hashes, ...marks } = marksOf(definition, seed, { key, identifier, values: VALUES });
    await world.state.raw(
      `insert into ${members} (mark, attribute_mark, identifier_mark, since, listed, key, identifier, hashes)
       values (:mark, :attributeMark, :identifierMark, 1, :listed, :key, :identifier, decode(:hashes, 'hex'))`,
      { ...marks, key, identifier, listed, hashes },
    );
  }
  const list = await rows<{ mark: string }>(
    world.state,
    `select identifier_mark as mark from ${members} where listed`,
  );
  await world.state.raw(
    'update activations set rules = 0, list_members = :members, list_checksum = :checksum where id = :id',
    { id, members: list.length, checksum: checksumOf(...list.map(({ mark }) => BigInt(mark))) },
  );
  return definition;
}

/** A run that has renewed the keys, and nothing more. */
async function renewed(definition: Definition, columns?: Column[]) {
  const run = await open(world, definition);
  await renewKeys(world.state, run, run, columns);
  return run;
}

const factsOf = async ({ activation: { id } }: Definition) =>
  (await membersOf(world, id)).map(({ key, listed, attribute_mark }) => [
    key,
    listed,
    attribute_mark !== null,
  ]);

test('a member whose key now has another spelling stays on the list, and is sent and delivered again', async () => {
  const definition = await storedAs([{ key: 'Anna@Shop.be' }, { key: 'bob@shop.be' }]);
  const run = await renewed(definition);
  expect(await factsOf(definition)).toEqual([
    ['anna@shop.be', true, false],
    ['bob@shop.be', true, true],
  ]);
  const { counts, plan } = await extract(world, run, people('anna@shop.be', 'bob@shop.be'));
  expect(counts).toMatchObject({ added: 0, removed: 0, members: 2 });
  expect(plan).toMatchObject({ toSend: 1, push: 'repair' });
});

const CENTS: Column = { name: 'c', kind: 'decimal', databaseType: 'numeric(12,2)' };
const ANNA = { key: 'anna@shop.be' };
const TEXT: Column = { ...CENTS, kind: 'text' };
const keyOf = (type: string) => ({ matchingKey: { column: 'k', type, attribute: 'customerId' } });

test.each<[what: string, changes: object, stored: Stored, now: Stored, columns?: Column[]]>([
  ['a domain', MAIL, { key: 'a@bücher.example' }, { key: 'a@xn--bcher-kva.example' }],
  ['a Mexican number', keyOf('phone'), { key: '+5215512345678' }, { key: '+525512345678' }],
  ['a decimal key', keyOf('externalId'), { key: '1001.00' }, { key: '1001' }, [CENTS]],
  ['a decimal id', CARDS, { ...ANNA, identifier: '12.00' }, { ...ANNA, identifier: '12' }, [TEXT, CENTS]],
])('%s that was stored under the former rules is renewed', async (_, changes, stored, now, columns) => {
  const definition = await storedAs([stored], changes);
  const run = await renewed(definition, columns);
  expect(await factsOf(definition)).toEqual([[now.key, true, false]]);
  const { counts, plan } = await extract(world, run, [{ ...now, values: VALUES }]);
  expect(counts).toMatchObject({ added: 0, removed: 0, members: 1 });
  expect(plan).toMatchObject({ toSend: 1, push: 'repair' });
});

test('an undo does not query the warehouse, and leaves keys that depend on the column type to the next run', async () => {
  const definition = await storedAs([{ key: '1001.00' }], keyOf('externalId'));
  await renewed(definition);
  expect(await factsOf(definition)).toEqual([['1001.00', true, true]]);
  await renewed(definition, [CENTS]);
  expect(await factsOf(definition)).toEqual([['1001', true, false]]);
});

test('members who become the same member are one row, which is listed if one of them was', async () => {
  const definition = await storedAs([
    { key: 'Anna@shop.be', listed: false },
    { key: 'ANNA@shop.be' },
    { key: 'Bob@shop.be', listed: false },
    { key: 'BOB@shop.be', listed: false },
  ]);
  await renewed(definition);
  expect(await factsOf(definition)).toEqual([
    ['anna@shop.be', true, false],
    ['bob@shop.be', false, false],
  ]);
  expect(await activationRow(world, definition.activation.id)).toMatchObject({ list_members: '1' });
});

test('a member who becomes the same as a stored one joins it, and none of its values count as known', async () => {
  const definition = await storedAs([
    { key: 'Anna@shop.be' },
    { key: 'anna@shop.be', listed: false },
    { key: 'Bob@shop.be' },
    { key: 'bob@shop.be' },
  ]);
  const run = await renewed(definition);
  expect(await factsOf(definition)).toEqual([
    ['anna@shop.be', true, false],
    ['bob@shop.be', true, false],
  ]);
  const { counts } = await extract(world, run, people('anna@shop.be', 'bob@shop.be'));
  expect(counts).toMatchObject({ added: 0, removed: 0, members: 2 });
});

test('a member without a usable key stays until the segment lacks it, so that the guards count it as removed', async () => {
  const definition = await storedAs([{ key: 'no address' }, ANNA, { key: 'Nobody', listed: false }]);
  const run = await renewed(definition);
  expect((await factsOf(definition)).map(([key]) => key)).toEqual(['Nobody', 'anna@shop.be', 'no address']);
  await extract(world, run, people('anna@shop.be'));
  const leaving = await readPlanned(world.state, run.run);
  expect(leaving.counts).toMatchObject({ added: 0, removed: 1, members: 1 });
  expect(await listLines(world, leaving)).toEqual(['anna@shop.be']);
});

test('an identifier is spelled by the new rules as well', async () => {
  const stored = [
    { key: 'Anna@shop.be', identifier: 'a1' },
    { key: 'bob@shop.be', identifier: ' b2 ' },
  ];
  const run = await renewed(await storedAs(stored, CARDS));
  const segment = [
    { key: 'anna@shop.be', identifier: 'a1', values: VALUES },
    { key: 'bob@shop.be', identifier: 'b2', values: VALUES },
  ];
  const { counts, plan } = await extract(world, run, segment);
  expect(counts).toMatchObject({ added: 0, removed: 0, members: 2 });
  expect(plan).toMatchObject({ toSend: 2, push: 'repair' });
});

test('if every key has the same spelling as before, only the rules are recorded: nothing is sent or delivered', async () => {
  const definition = await storedAs([{ key: 'anna@shop.be' }]);
  const run = await renewed(definition);
  expect(await activationRow(world, run.activation)).toMatchObject({ rules: KEY_RULES, list_dirty: false });
  expect((await extract(world, run, people('anna@shop.be'))).plan).toMatchObject({ toSend: 0, push: null });
});

test('under the same rules, nothing is read and nothing changes', async () => {
  const definition = await storedAs([{ key: 'Anna@shop.be' }]);
  const { id } = definition.activation;
  await world.state.raw('update activations set rules = ? where id = ?', [KEY_RULES, id]);
  const run = await open(world, definition);
  const before = [await factsOf(definition), await activationRow(world, run.activation)];
  await renewKeys(world.state, run, run);
  expect([await factsOf(definition), await activationRow(world, run.activation)]).toEqual(before);
});

test('a comparison with the old keys is not published', async () => {
  const definition = await storedAs([{ key: 'Anna@shop.be' }]);
  const versionNow = async () => Number((await activationRow(world, definition.activation.id)).version);
  const before = await versionNow();
  await renewed(definition);
  expect(await versionNow()).toBeGreaterThan(before);
});

test('an undo cannot go back to a list from before the keys were spelled by new rules', async () => {
  const definition = definitionFor(newActivation(), MAIL);
  const { id } = definition.activation;
  const first = await goodRun(world, definition, people('anna@shop.be'));
  const second = await goodRun(world, definition, people('bob@shop.be'));
  await world.state.raw(`update members_${id.replaceAll('-', '_')} set key = 'Bob@shop.be'`);
  await world.state.raw(`update activations set rules = 0 where id = ?`, [id]);
  await renewed(definition);
  expect(await rows(world.state, 'select from changes where run = ?', [second.run])).toEqual([]);
  await expect(requireUndo(world.state, { activation: id, to: first.run, definition })).rejects.toThrow(
    `The oldest run that can be restored is ${second.run} `,
  );
});

test('a run that has lost the lease renews nothing', async () => {
  const definition = await storedAs([{ key: 'Anna@shop.be' }]);
  const run = await open(world, definition);
  await open(world, definition);
  await expect(renewKeys(world.state, run, run)).rejects.toMatchObject({ type: 'RunSuperseded' });
  expect(await factsOf(definition)).toEqual([['Anna@shop.be', true, true]]);
});

const storedArb = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a@b.be', 'A@b.be', 'a@B.be', ' a@b.be', 'c@b.be', 'C@B.be', 'nothing', 'd@b.be'),
    listed: fc.boolean(),
  }),
  { selector: ({ key }) => key },
);
test('whatever was stored, the list keeps the same members, each once; only unusable keys leave', async () => {
  await fc.assert(
    fc.asyncProperty(storedArb, async (stored) => {
      const definition = await storedAs(stored);
      const run = await renewed(definition);
      const found = stored.filter(({ listed }) => listed).map(({ key }) => canonicalEmail(key));
      const wanted = [...new Set(found.flatMap((key) => ('key' in key ? [key.key] : [])))];
      const { counts } = await extract(world, run, people(...wanted));
      const removed = stored.filter(({ key, listed }) => listed && key === 'nothing').length;
      expect(counts).toMatchObject({ added: 0, removed, members: wanted.length });
    }),
    { numRuns: repeats(25) },
  );
});
