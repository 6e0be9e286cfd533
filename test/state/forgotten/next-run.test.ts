import { expect, test } from 'vitest';
import { publish } from '../../../state/delta/publish.ts';
import { planToKeep } from '../../../state/keep-alive.ts';
import { storeRejects } from '../../../state/rejects/rejects.ts';
import { rows } from '../../../state/state.ts';
import { goodRun, planned } from '../sending.ts';
import { activationRow, compareInto, definitionFor, membersOf, open } from '../support.ts';
import { ANNA, BOB, forgettingForTests, person } from './support.ts';

const gdpr = forgettingForTests();

test('a key without a member is recorded all the same, and never added', async () => {
  await goodRun(gdpr.world, gdpr.definition, [BOB]);
  expect(await gdpr.forget('anna-4711')).toMatchObject({ members: 0, listed: 0 });
  expect(await activationRow(gdpr.world, gdpr.vip)).toMatchObject({ list_dirty: false });
  const next = await planned(gdpr.world, gdpr.definition, [ANNA, BOB]);
  expect(next.counts).toMatchObject({ forgotten: 1, added: 0, members: 1 });
});

test('the next run delivers the list without the person, although the segment still has the person', async () => {
  await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
  await gdpr.forget('anna-4711');
  expect(await activationRow(gdpr.world, gdpr.vip)).toMatchObject({
    list_members: '1',
    list_dirty: true,
  });
  const next = await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
  expect(next.plan).toMatchObject({ push: 'repair', list: { members: 1 }, toSend: 0, guards: [] });
  expect(next.counts).toMatchObject({ read: 2, rejected: 0, forgotten: 1, members: 1, added: 0, removed: 0 });
  expect(await membersOf(gdpr.world, gdpr.vip)).toMatchObject([{ key: 'bob-4712' }]);
  expect(await activationRow(gdpr.world, gdpr.vip)).toMatchObject({ list_members: '1', list_dirty: false });
  const unchanged = await planned(gdpr.world, gdpr.definition, [ANNA, BOB]);
  expect(unchanged.plan).toMatchObject({ push: null, toSend: 0 });
  expect(unchanged.counts).toMatchObject({ forgotten: 1, members: 1 });
});

test('a held run delivers the acknowledged list without the person, although it is not yet due', async () => {
  const guarded = (allowEmpty: boolean) => definitionFor(gdpr.vip, { guards: { allowEmpty } });
  await goodRun(gdpr.world, guarded(true), [ANNA, BOB]);
  await gdpr.forget('anna-4711');
  const held = await planned(gdpr.world, guarded(false), []);
  expect(held.plan.guards).toMatchObject([{ guard: 'allowEmpty' }]);
  expect(await planToKeep(gdpr.world.state, held)).toMatchObject({ reason: 'repair', list: { members: 1 } });
});

test('a guard does not count a forgotten person as a loss', async () => {
  const crowd = Array.from({ length: 100 }, (_, i) => person(`person-${i}`));
  const strict = definitionFor(gdpr.vip, { guards: { maxRemovedRatio: 0.1 } });
  await goodRun(gdpr.world, strict, crowd);
  for (let i = 0; i < 10; i++) await gdpr.forget(`person-${i}`);
  const next = await planned(gdpr.world, strict, crowd.slice(0, 99));
  expect(next.counts).toMatchObject({ removed: 1, forgotten: 10 });
  expect(next.plan.guards).toEqual([]);
});

test('a rejected row of a forgotten person is counted, and not stored', async () => {
  await gdpr.record('anna-4711');
  const run = await open(gdpr.world, gdpr.definition);
  const rejects = ['  anna-4711', 'carl'].map((key) => ({ key, reason: 'IdentifierKeyMissing' }));
  await storeRejects(gdpr.world.state, run, rejects);
  expect(await rows(gdpr.world.state, 'select key from rejects where run = ?', [run.run])).toEqual([
    { key: 'carl' },
  ]);
});

test('a dry run shows no sample of a forgotten person', async () => {
  await gdpr.record('anna-4711');
  const run = await planned(gdpr.world, gdpr.definition, [ANNA, BOB], { dryRun: true });
  const sampled = await rows(gdpr.world.state, 'select key from samples where run = ?', [run.run]);
  expect(sampled).toEqual([{ key: 'bob-4712' }]);
});

test('a dry run that samples members shows no forgotten person while the person is still a member', async () => {
  await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
  const run = await open(gdpr.world, gdpr.definition, { dryRun: true });
  const { attempt, found } = await compareInto(gdpr.world, run, [ANNA, BOB]);
  await gdpr.record('anna-4711');
  const { plan } = await publish(gdpr.world.state, run, attempt, found);
  expect(plan.toSend).toBe(0);
  const sampled = await rows(gdpr.world.state, 'select key from samples where run = ?', [run.run]);
  expect(sampled).toEqual([{ key: 'bob-4712' }]);
});

test('a person who asks to be forgotten during the comparison is neither added nor sent, and leaves the list', async () => {
  const cards = definitionFor(gdpr.vip, {
    list: { identifier: { column: 'card', attribute: 'cardNumber' } },
  });
  const [anna, bob, carl] = ['anna-4711', 'bob-4712', 'carl'].map((key) => person(key, `card of ${key}`));
  await goodRun(gdpr.world, cards, [anna!, carl!]);
  const run = await open(gdpr.world, cards);
  const changed = { ...anna!, values: ['new', '2', '3'] };
  const { attempt, found } = await compareInto(gdpr.world, run, [changed, bob!, carl!]);
  for (const text of ['anna-4711', 'card of bob-4712', 'carl']) await gdpr.record(text);
  const { counts, plan } = await publish(gdpr.world.state, run, attempt, found);
  expect(counts).toMatchObject({ read: 3, forgotten: 3, added: 0, removed: 2, members: 0 });
  expect(plan).toMatchObject({ toSend: 0, list: { members: 0, checksum: '0' } });
});
