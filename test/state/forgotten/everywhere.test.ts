import { expect, test } from 'vitest';
import { closeRun } from '../../../state/runs/close.ts';
import { DIRECTORY_TABLES, PLACES } from '../../../state/forgotten/places.ts';
import { storeRejects } from '../../../state/rejects/rejects.ts';
import { rows } from '../../../state/state.ts';
import { goodRun, planned } from '../sending.ts';
import { definitionFor, membersOf, newActivation } from '../support.ts';
import { ANNA, BOB, forgettingForTests, person } from './support.ts';
import { ended } from '../../support/ended.ts';

const gdpr = forgettingForTests();

/** A state that names Anna wherever it can: member, rejects with their history, samples, tables of a run. */
async function annaEverywhere(): Promise<void> {
  for (const segment of [[ANNA, BOB], [BOB], [ANNA, BOB]])
    await goodRun(gdpr.world, gdpr.definition, segment);
  const run = await planned(gdpr.world, gdpr.definition, [ANNA, { ...ANNA, values: ['x', '2', '3'] }, BOB]);
  await storeRejects(gdpr.world.state, run, [{ key: ' anna-4711', reason: 'IdentifierKeyMissing' }]);
  await closeRun(gdpr.world.state, run, ended('failed'));
  await planned(gdpr.world, gdpr.definition, [{ ...ANNA, values: ['new', '2', '3'] }, BOB], { dryRun: true });
}

test('no table contains the key of a person who was forgotten, and the proof counts the deleted rows', async () => {
  await annaEverywhere();
  expect(await gdpr.tablesWith('anna-4711')).toEqual([
    'changes',
    expect.stringMatching(/^delta_/),
    `members_${gdpr.vip.replace('-', '_')}`,
    'reject_history',
    'rejects',
    'samples',
  ]);
  const found = await gdpr.forget('anna-4711');
  expect(found).toEqual({
    members: 1,
    listed: 1,
    others: { rejects: 2, reject_history: 2, changes: 2, samples: 1, peer_words: 0 },
  });
  expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
  expect(await gdpr.tablesWith('bob-4712')).toEqual([`members_${gdpr.vip.replace('-', '_')}`, 'samples']);
});

test('the erasure covers each table that has a column for keys, or the table is dropped with its run', async () => {
  await planned(gdpr.world, gdpr.definition, [ANNA]);
  const found = await rows<{ name: string }>(
    gdpr.world.state,
    `select distinct regexp_replace(table_name, '_.*[0-9].*', '') as name from information_schema.columns
     where table_schema = current_schema() and column_name in ('key', 'first_key', 'last_key', 'identifier', 'reference')`,
  );
  const goes = ['members', 'delta'];
  const known = new Set([...PLACES.map(({ table }) => table), ...DIRECTORY_TABLES]);
  expect(found.map(({ name }) => name).sort()).toEqual([...goes, ...known].sort());
});

const OTHER_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };

test('a list identifier that a person no longer has is deleted from the logged changes', async () => {
  const cards = definitionFor(gdpr.vip, OTHER_IDENTIFIER);
  await goodRun(gdpr.world, cards, [person('anna-4711', 'card-1')]);
  await goodRun(gdpr.world, cards, [person('anna-4711', 'card-9')]);
  expect(await gdpr.tablesWith('card-1')).toEqual(['changes']);
  expect(await gdpr.forget('card-1')).toMatchObject({ members: 0, others: { changes: 1 } });
  expect(await gdpr.tablesWith('card-1')).toEqual([]);
});

test.each([true, false])(
  'a person to be forgotten leaves the list at once, without a grace period (the segment has the person: %s)',
  async (has) => {
    const kept = definitionFor(gdpr.vip, { removal: { after: '5 runs' } });
    await goodRun(gdpr.world, kept, [person('anna-4711'), person('bob-4712'), person('carl-4713')]);
    await gdpr.record('anna-4711');
    const anna = has ? [person('anna-4711')] : [];
    const run = await planned(gdpr.world, kept, [...anna, person('carl-4713')]);
    expect(run.counts).toMatchObject({ leaving: 1, removed: 1, members: 2 });
    expect(run.counts.forgotten).toBe(has ? 1 : undefined);
  },
);

test('a member found by its key is forgotten with its list identifier, and the other way round', async () => {
  const cards = definitionFor(gdpr.vip, OTHER_IDENTIFIER);
  const [anna, bob] = [person('anna-4711', 'card-1'), person('bob-4712', 'card-2')];
  await goodRun(gdpr.world, cards, [anna, bob]);
  expect(await gdpr.forget('anna-4711')).toMatchObject({ members: 1, listed: 1 });
  expect(await gdpr.forget('card-2')).toMatchObject({ members: 1, listed: 1 });
  for (const text of ['anna-4711', 'card-1', 'bob-4712', 'card-2'])
    expect(await gdpr.tablesWith(text)).toEqual([]);
  const next = await planned(gdpr.world, cards, [anna, bob]);
  expect(next.counts).toMatchObject({ read: 2, forgotten: 2, members: 0 });
});

test.each([
  { type: 'email', typed: ' Anna@Shop.BE', staged: 'anna@shop.be' },
  { type: 'phone', typed: '0470 12 34 56', staged: '+32470123456' },
  { type: 'phone', typed: '+32 470 12 34 56', staged: '0470/12.34.56' },
])('a $type that is requested as "$typed" is forgotten where it has another spelling', async (each) => {
  const key = { type: each.type, ...(each.type === 'phone' ? { defaultCountry: 'BE' } : {}) };
  const spelt = definitionFor(gdpr.vip, { matchingKey: { column: 'id', attribute: 'contact', ...key } });
  await goodRun(gdpr.world, spelt, [person(each.staged)]);
  const { record: number } = await gdpr.record(each.typed, ['FR', 'BE']);
  expect(await gdpr.erase(number)).toMatchObject({ members: 1 });
  expect((await planned(gdpr.world, spelt, [person(each.staged)])).counts).toMatchObject({
    forgotten: 1,
    members: 0,
  });
});

test('each activation is erased separately', async () => {
  const other = definitionFor(newActivation());
  await goodRun(gdpr.world, gdpr.definition, [ANNA]);
  await goodRun(gdpr.world, other, [ANNA]);
  const { record: number } = await gdpr.record('anna-4711');
  await gdpr.erase(number);
  expect(await membersOf(gdpr.world, other.activation.id)).toHaveLength(1);
  await gdpr.erase(number, { activation: other.activation.id });
  expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
});
