import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../dev/databases.ts';
import { databaseIn } from '../setup/servers.ts';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST, resetStand, usualActivation } from '../support/stand.ts';

const { stand, runner } = await standWithRunner();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await stand.actito.seedContacts(
    ['anna', 'bob', 'eve'].map((name, index) => ({
      emailAddress: `${name}@shop.be`,
      customerId: `C${index + 1}`,
      firstName: 'before',
      city: 'before',
    })),
  );
});

const listed = () => [...stand.actito.listMembers(LIST)].sort();
const profile = (name: string) => stand.actito.contact('emailAddress', `${name}@shop.be`);
const query = (sql: string) => stand.writeActivation({ segment: { name: LIST, query: sql } });

test('a key in another spelling is the same member', async () => {
  await stand.warehouse.query(`insert into people values ('  Anna@Shop.BE ', 'Anna', 1, 'Gent')`);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 1, updated: 1 } });
  await stand.warehouse.query(`update people set email = 'anna@shop.be'`);
  expect(await runner.run()).toMatchObject({ plan: { push: null, toSend: 0 } });
});

test('a numeric key without a fraction is its integer, and a key with a fraction is rejected', async () => {
  await stand.actito.seedContacts([{ emailAddress: 'n@shop.be', customerId: '1001', firstName: 'before' }]);
  await stand.writeActivation({
    matchingKey: { column: 'id', type: 'externalId', attribute: 'customerId' },
    segment: {
      name: LIST,
      query: `select * from (values (1001.00::numeric(12,2), 'Anna', 'Gent'), (7.50, 'Bob', 'Lyon')) as p (id, first_name, city)`,
    },
    attributes: [{ column: 'first_name', attribute: 'firstName' }],
  });
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { updated: 1, rejected: 1, unmatched: 0 },
    rejects: [{ reason: 'KeyNotWhole', count: 1 }],
  });
  expect(listed()).toEqual(['1001']);
  expect(profile('n')).toMatchObject({ firstName: 'Anna' });
  expect(await runner.run()).toMatchObject({ plan: { push: null, toSend: 0 } });
});

test('a number is one value, however many trailing zeros its rows have', async () => {
  await query(
    `select 'anna@shop.be' as email, 'Anna' as first_name, 'Gent' as city, spent
     from (values (1.0), (1.00), (1)) as amounts (spent)`,
  );
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded',
    counts: { duplicates: 2, ambiguous: 0, updated: 1 },
  });
});

test('an e-mail address is one member, whether its domain is in ASCII or not', async () => {
  await stand.actito.seedContacts([{ emailAddress: 'a@xn--bcher-kva.example', firstName: 'before' }]);
  await stand.warehouse.query(
    `insert into people values ('a@bücher.example', 'Anna'), ('A@XN--BCHER-KVA.example', 'Anna')`,
  );
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { duplicates: 1, updated: 1 } });
  expect(listed()).toEqual(['a@xn--bcher-kva.example']);
});

test('a row with an unusable key stays off the list, and is counted and reported with its reason', async () => {
  await stand.warehouse.query(
    `insert into people values ('anna@shop.be', 'Anna'), (null, 'X'), (null, 'Z'), ('not an address', 'Y'), ('bob@shop.be', 'Bob')`,
  );
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { read: 5, rejected: 3, members: 2 },
    rejects: [
      { stage: 'extract', reason: 'KeyMalformed', count: 1 },
      { stage: 'extract', reason: 'KeyMissing', count: 2 },
    ],
  });
  expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
});

test('only the rejected value is left out, and it is not sent again until it changes', async () => {
  await query(
    `select email, first_name, city, case email when 'bob@shop.be' then 'many' else '7' end as spent from people`,
  );
  await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna'), ('bob@shop.be', 'Bob')`);
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { updated: 2, badValues: 1 },
    rejects: [{ stage: 'import', attribute: 'spent', count: 1 }],
  });
  expect([profile('anna'), profile('bob')]).toMatchObject([
    { firstName: 'Anna', spent: '7' },
    { firstName: 'Bob', spent: null },
  ]);
  expect(await runner.run()).toMatchObject({ plan: { push: null, toSend: 0 } });
});

test('equal duplicates are one member; contradicting rows keep the member on the list and send no attributes', async () => {
  await stand.warehouse.query(
    `insert into people values ('anna@shop.be', 'Anna'), ('anna@shop.be', 'Anna'), ('bob@shop.be', 'Bob'), ('bob@shop.be', 'Rob')`,
  );
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { read: 4, members: 2, duplicates: 2, ambiguous: 1, updated: 1 },
    rejects: [{ reason: 'AmbiguousValues', count: 1 }],
  });
  expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
  expect([profile('anna'), profile('bob')]).toMatchObject([{ firstName: 'Anna' }, { firstName: 'before' }]);
  await stand.warehouse.query(`delete from people where first_name = 'Rob'`);
  expect(await runner.run()).toMatchObject({ counts: { updated: 1, added: 0, removed: 0 } });
  expect(profile('bob')).toMatchObject({ firstName: 'Bob' });
});

test('a null keeps or clears the value in Actito, as the mapping says', async () => {
  await stand.warehouse.query(
    `insert into people values ('anna@shop.be', null, 1, null), ('bob@shop.be', '  ', 1, '')`,
  );
  await runner.run();
  for (const name of ['anna', 'bob'])
    expect(profile(name)).toMatchObject({ firstName: 'before', city: null });
});

test('values arrive in the formats of Actito, whatever their PostgreSQL type', async () => {
  const columns = {
    whole: ['INTEGER', `42::int2`, '42'],
    large: ['LONG', `9007199254740993::bigint`, '9007199254740993'],
    exact: ['NUMBER', `12345678901234567890.123456789::numeric`, '12345678901234567890.123456789'],
    flag: ['BOOLEAN', `true`, 'TRUE'],
    day: ['DATE', `date '2026-02-28'`, '2026-02-28'],
    moment: ['TIMESTAMP', `timestamptz '2026-03-01 00:30:00+01'`, '2026-02-28 23:30:00'],
    quoted: ['STRING', `E'a;"b"\\n\\tc\\\\d'`, 'a;"b"\n\tc\\d'],
  };
  const selected = Object.entries(columns).map(([name, [, sql]]) => `${sql} as ${name}`);
  await stand.writeActivation({
    segment: { name: LIST, query: `select email, ${selected.join(', ')} from people -- with a comment;` },
    attributes: Object.entries(columns).map(([name, [type]]) => ({
      column: name,
      attribute: name,
      create: { type },
    })),
  });
  await stand.warehouse.query(`insert into people values ('anna@shop.be')`);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
  expect(profile('anna')).toMatchObject(
    Object.fromEntries(Object.entries(columns).map(([name, [, , sent]]) => [name, sent])),
  );
});

test('members can be matched by any unique attribute, and by profileId', async () => {
  await stand.warehouse.query(
    `insert into people (customer_id, first_name) values (' C1 ', 'Anna'), ('C9', 'Nobody')`,
  );
  const matchingKey = { column: 'customer_id', type: 'externalId', attribute: 'customerId' };
  await stand.writeActivation({ matchingKey });
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1, unmatched: 1 } });
  expect(listed()).toEqual(['C1']);
  expect(profile('anna')).toMatchObject({ firstName: 'Anna' });

  const { profileId } = profile('bob')!;
  await stand.warehouse.query(
    `truncate people; insert into people (customer_id, first_name) values ('${profileId}', 'Bob')`,
  );
  await stand.writeActivation({ matchingKey: { ...matchingKey, attribute: 'profileId' } });
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded',
    counts: { updated: 1 },
    plan: { push: 'first delivery' },
  });
  expect(listed()).toEqual([profileId]);
  expect(profile('bob')).toMatchObject({ firstName: 'Bob' });
});

test('the list can hold another identifier than the matching key, and follows its changes', async () => {
  const list = { identifier: { column: 'customer_id', attribute: 'customerId' } };
  await stand.writeActivation({ list });
  await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna', 1, 'Gent', null, 'C1')`);
  await runner.run();
  expect(listed()).toEqual(['C1']);
  await stand.warehouse.query(`update people set customer_id = 'C3'`);
  expect(await runner.run()).toMatchObject({
    plan: { push: 'changed', toSend: 0 },
    counts: { added: 0, removed: 0 },
  });
  expect(listed()).toEqual(['C3']);
  await stand.age(25);
  expect(await runner.run()).toMatchObject({ plan: { push: 'keep-alive', toSend: 0 } });
  expect(listed()).toEqual(['C3']);
});

test('an attribute that is added to the mapping is created and sent for every member', async () => {
  await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna', 1, 'Gent', 'a note')`);
  await runner.run();
  const attributes = [
    ...(usualActivation().attributes as object[]),
    { column: 'note', attribute: 'note', create: { type: 'STRING' } },
  ];
  await stand.writeActivation({ attributes });
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded',
    counts: { changed: 1, updated: 1 },
    plan: { push: null },
  });
  expect(profile('anna')).toMatchObject({ note: 'a note' });
});

test('a refused member is sent again when its values change, and not before', async () => {
  await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna'), ('bob@shop.be', 'Bob')`);
  stand.actito.setFault('importRefusesRows', { times: 1, every: 2, code: 'NOT_ALLOWED' });
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { updated: 1, refused: 1 },
    rejects: [{ stage: 'import', reason: 'NOT_ALLOWED', count: 1 }],
  });
  expect(await runner.run()).toMatchObject({ plan: { push: null, toSend: 0 } });
  await stand.warehouse.query(`update people set city = 'Lyon'`);
  expect(await runner.run()).toMatchObject({ counts: { changed: 2, updated: 2 } });
});

test('in a database without an encoding, bytes that are not text cost a value or a row, but not the run', async () => {
  const database = await databaseIn('SQL_ASCII');
  const { SHOP_URL } = stand.env;
  onTestFinished(async () => {
    stand.env.SHOP_URL = SHOP_URL;
    await database.dispose();
  });
  await runSql(
    database.url,
    `create table people (email text, first_name text, spent numeric, city text);
     insert into people values ('anna@shop.be', E'Zo\\xc3\\xab', 1, 'Gent'), ('bob@shop.be', E'Jos\\xe9', 2, 'Gent'),
       (E'e\\xffve@shop.be', 'Eve', 3, 'Gent')`,
  );
  stand.env.SHOP_URL = database.url;
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded with rejects',
    counts: { read: 3, rejected: 1, updated: 2 },
  });
  expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
  expect(profile('anna')).toMatchObject({ firstName: 'Zoë', city: 'Gent' });
  expect(profile('bob')).toMatchObject({ firstName: 'before', city: 'Gent' });
});
