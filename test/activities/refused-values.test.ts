import { beforeEach, describe, expect, test } from 'vitest';
import { custom } from '../../simulator/contacts/attributes.ts';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST, resetStand, usualActivation } from '../support/stand.ts';

/*
 * Only the rejected value is left out, also if our converters accept it and Actito refuses it. In this test
 * these are values of the unique attributes `card` and `badge` that another contact has.
 */

const { stand, runner } = await standWithRunner({
  attributes: [custom('card', 'STRING', { unique: true }), custom('badge', 'STRING', { unique: true })],
});

const PEOPLE = 280;
const email = (i: number) => `p${i}@shop.be`;
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeDestination();
  await stand.actito.seedContacts([
    { emailAddress: 'owner@shop.be', card: 'taken', badge: 'taken' },
    ...Array.from({ length: PEOPLE }, (_, i) => ({ emailAddress: email(i) })),
  ]);
  await stand.writeActivation(mapping('card'));
});

/** The usual attributes, and these: `note` feeds card, `customer_id` feeds badge. */
function mapping(...attributes: ('card' | 'badge')[]) {
  const columns = { card: 'note', badge: 'customer_id' };
  const more = attributes.map((attribute) => ({ column: columns[attribute], attribute }));
  return { attributes: [...(usualActivation().attributes as object[]), ...more] };
}

const fill = (people: number, { card = 'taken', badge = 'taken' } = {}) =>
  stand.warehouse.query(
    `insert into people (email, first_name, spent, city, note, customer_id)
     select 'p' || i || '@shop.be', 'Anna', i, 'Gent', $2, $3 from generate_series(0, $1 - 1) as i`,
    [people, card, badge],
  );
const profile = (i: number) => stand.actito.contact('emailAddress', email(i));
const imports = () => stand.actito.imports().map(({ rows }) => rows);
const rejected = (attribute: string, count: number) => ({
  stage: 'import',
  reason: 'NOT_UNIQUE',
  attribute,
  count,
});

test('if Actito refuses one value of each of 280 people, their other attributes arrive in the same run', async () => {
  await fill(PEOPLE);
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { updated: PEOPLE, refused: 0, badValues: PEOPLE, unsent: 0 },
    rejects: [rejected('card', PEOPLE)],
    imported: { imports: 2, deferredChunks: 0, again: { imports: 1, members: PEOPLE } },
  });
  for (let i = 0; i < PEOPLE; i++)
    expect(profile(i)).toMatchObject({ firstName: 'Anna', spent: String(i), city: 'Gent', card: null });
  expect(imports()).toMatchObject([
    { read: PEOPLE, updated: 0, inError: PEOPLE },
    { read: PEOPLE, updated: PEOPLE, inError: 0 },
  ]);
  expect([...stand.actito.listMembers(LIST)]).toHaveLength(PEOPLE);
  // A refused value is not sent again: neither by the next run nor after a day.
  expect(await runner.run()).toMatchObject({ plan: { push: null, toSend: 0 } });
  await stand.age(25);
  expect(await runner.run()).toMatchObject({ plan: { toSend: 0 } });
});

test('all other people are sent once, and later changes are sent without the refused value from the start', async () => {
  await fill(20);
  await stand.warehouse.query(
    `update people set note = 'own-' || email where email not in ('p3@shop.be', 'p7@shop.be')`,
  );
  expect(await runner.run()).toMatchObject({
    counts: { updated: 20, badValues: 2 },
    imported: { again: { imports: 1, members: 2 } },
  });
  expect([profile(3), profile(4)]).toMatchObject([
    { firstName: 'Anna', card: null },
    { firstName: 'Anna', card: `own-${email(4)}` },
  ]);

  await stand.warehouse.query(`update people set city = 'Lyon'`);
  const next = await runner.run();
  expect(next).toMatchObject({
    counts: { changed: 20, updated: 20, badValues: 2 },
    rejects: [{ stage: 'import', reason: 'ValueRefused', attribute: 'card', count: 2 }],
    imported: { imports: 2 },
  });
  expect(next.imported).not.toHaveProperty('again');
  expect([profile(3), profile(4)]).toMatchObject([{ city: 'Lyon' }, { city: 'Lyon' }]);
  expect(imports().slice(2)).toMatchObject([{ inError: 0 }, { inError: 0 }]);
});

test('a refused value is sent again when it changes, and by a resync', async () => {
  await fill(2);
  await runner.run();
  await stand.warehouse.query(`update people set note = 'mine' where email = 'p0@shop.be'`);
  expect(await runner.run()).toMatchObject({ counts: { changed: 1, updated: 1 }, imported: { imports: 1 } });
  expect(profile(0)).toMatchObject({ card: 'mine' });

  stand.actito.deleteAttribute('card');
  stand.actito.createAttribute({ name: 'card' }); // no longer unique
  expect(await runner.run()).toMatchObject({ plan: { toSend: 0 } });
  expect(await runner.run({ resync: true })).toMatchObject({ counts: { updated: 2, badValues: 0 } });
  expect(profile(1)).toMatchObject({ card: 'taken' });
});

test('for a person with two refused values, the next run sends all others, since it knows the first one', async () => {
  await stand.writeActivation(mapping('card', 'badge'));
  await fill(30);
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { updated: 0, refused: 0, badValues: 60, unsent: 30 },
    imported: { imports: 2, again: { imports: 1, members: 30 } },
  });
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { updated: 30, unsent: 0, badValues: 60 },
    imported: { imports: 1 },
  });
  expect(profile(29)).toMatchObject({ firstName: 'Anna', city: 'Gent', card: null, badge: null });
  expect(await runner.run()).toMatchObject({ plan: { toSend: 0 } });
});

describe('when the quota is short', () => {
  test('the next run sends the other values in an import of their own', async () => {
    await stand.writeDestination({ limits: { importsPerTablePerDay: 1 } });
    await fill(PEOPLE);
    expect(await runner.run()).toMatchObject({
      outcome: 'succeeded with rejects',
      counts: { updated: 0, badValues: PEOPLE, unsent: PEOPLE },
      imported: { imports: 1, deferredChunks: 1 },
    });
    expect([...stand.actito.listMembers(LIST)]).toHaveLength(PEOPLE);
    await stand.age(25);
    expect(await runner.run()).toMatchObject({
      outcome: 'succeeded with rejects',
      counts: { updated: PEOPLE, unsent: 0, badValues: PEOPLE },
      imported: { imports: 1, deferredChunks: 0 },
    });
    expect(profile(PEOPLE - 1)).toMatchObject({ firstName: 'Anna', card: null });
  });

  test('every member is sent eventually, although each run has new refusals', async () => {
    await stand.writeDestination({ limits: { importsPerTablePerDay: 1 } });
    await fill(5);
    for (let day = 0; day < 6; day++) {
      await runner.run();
      await stand.age(25);
      await stand.warehouse.query(`update people set spent = spent + 100`);
    }
    expect(Number(profile(0)!.spent)).toBeGreaterThanOrEqual(100);
  });
});

test('a run after one that was killed after the refusals continues where it stopped', async () => {
  await fill(10);
  expect(await runner.run({ killedAfter: 'importAttributes' })).toEqual({ killed: true });
  expect(await runner.run()).toMatchObject({ plan: { toSend: 0 } });
  expect(profile(9)).toMatchObject({ firstName: 'Anna', card: null });
});

test('if the values of a canary are refused, all other members are sent without them', async () => {
  await stand.writeActivation({ ...mapping('card'), canary: 10 });
  await fill(40);
  expect(await runner.run()).toMatchObject({ counts: { updated: 40, badValues: 40, refused: 0 } });
  expect(profile(0)).toMatchObject({ firstName: 'Anna', card: null });
});

test('people whose only attribute is refused have nothing to send, and cause no further import', async () => {
  await stand.writeActivation({ attributes: [{ column: 'note', attribute: 'card' }] });
  await fill(3);
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { updated: 0, refused: 0, badValues: 3, unsent: 0 },
    imported: { imports: 1 },
  });
  await stand.age(25);
  expect(await runner.run()).toMatchObject({ plan: { toSend: 0 } });
});

test('a row that Actito refuses without naming an attribute stays refused', async () => {
  await fill(4, { card: 'free' });
  await stand.warehouse.query(`update people set note = email`);
  stand.actito.setFault('importRefusesRows', { times: 1, every: 2, code: 'NOT_ALLOWED' });
  expect(await runner.run()).toMatchObject({
    counts: { updated: 2, refused: 2, badValues: 0 },
    rejects: [{ reason: 'NOT_ALLOWED', attribute: '', count: 2 }],
    imported: { imports: 1 },
  });
});
