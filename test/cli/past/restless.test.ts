import { beforeEach, expect, test } from 'vitest';
import { LIST } from '../../support/stand.ts';
import { words } from '../../support/words.ts';
import { pastForTests, seedPeople, statusOf } from './support.ts';

const past = pastForTests();
beforeEach(() => seedPeople(past.stand));

test('a run, a plan and status name an attribute that changes for all members in every run', async () => {
  const people = Array.from({ length: 12 }, (_, i) => ({ emailAddress: `restless${i}@shop.be` }));
  await past.stand.actito.seedContacts(people);
  const id = 'vip';
  await past.stand.writeActivation({
    segment: {
      name: LIST,
      query: `select 'restless' || i || '@shop.be' as email, 'Ann' as first_name, cast(clock_timestamp() as text) as seen
              from generate_series(0, 11) i`,
    },
    attributes: [
      { column: 'first_name', attribute: 'firstName' },
      { column: 'seen', attribute: 'seen', create: { type: 'STRING' } },
    ],
  });
  const told = 'seen changed for almost every member since the last run (12 of 12).';
  expect((await past.hosted.run({ activation: id })).notes).not.toMatchObject([
    { reason: 'attributesRestless' },
  ]);
  expect((await statusOf(past, id)).warnings.join()).not.toContain(told);

  expect(words((await past.hosted.run({ activation: id })).notes).join()).toContain(told);
  expect((await past.ask(['plan', id])).out).toContain(told);
  expect((await statusOf(past, id)).warnings.join()).toContain(`${id}: ${told}`);
});

test('attributes that change for many members, but not for nearly all, are not reported', async () => {
  await past.stand.warehouse.query(
    `insert into people (email, first_name) select 'p' || i || '@shop.be', 'Ann' from generate_series(1, 20) i`,
  );
  await past.hosted.run();
  await past.stand.warehouse.query(`update people set first_name = 'Eve' where email < 'p2'`);
  const { counts, notes } = await past.hosted.run();
  expect([counts.changed! > 10, notes]).toEqual([true, []]);
});

test('new spellings of unchanged values are not reported', async () => {
  await past.stand.warehouse.query(
    `insert into people (email, first_name) select 'p' || i || '@shop.be', 'Ann' from generate_series(1, 20) i`,
  );
  await past.hosted.run();
  await past.stand.writeDestination({ contract: { lengthUnit: 'utf8Bytes' } });
  const { counts, notes } = await past.hosted.run();
  expect([counts.changed! > 20, notes]).toEqual([true, []]);
  await past.stand.writeDestination();
});
