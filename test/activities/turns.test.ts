import { beforeEach, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { resetStand } from '../support/stand.ts';

/*
 * A row with a rejected value is found while its file is written, and is sent with a file of its own, the
 * last in the queue.
 */

const { stand, runner } = await standWithRunner();
beforeEach(async () => {
  await resetStand(stand);
  const names = ['anna', 'bob', 'carl'];
  await stand.actito.seedContacts(names.map((name) => ({ emailAddress: `${name}@shop.be` })));
  await stand.writeDestination({ limits: { importsPerTablePerDay: 1 } });
  const long = 'x'.repeat(300);
  await stand.warehouse.query(
    `insert into people (email, first_name, city) values ('anna@shop.be', 'A', '1'), ('bob@shop.be', 'B', '1'),
                                                         ('carl@shop.be', 'C', '${long}')`,
  );
});

const cityOf = (name: string) => stand.actito.contact('emailAddress', `${name}@shop.be`)?.city;
const firstNameOf = (name: string) => stand.actito.contact('emailAddress', `${name}@shop.be`)?.firstName;

test('with one import a day, the good values of a rejected row are sent on the second day, however busy other activations are', async () => {
  expect(await runner.run()).toMatchObject({ counts: { updated: 2, unsent: 1 } });
  for (const [day, city, firstName] of [
    ['2', '1', 'C'], // it is carl's turn, the others wait
    ['3', '3', 'C'],
  ]) {
    await stand.warehouse.query(`update people set city = $1 where length(city) = 1`, [day]);
    await stand.age(25);
    await runner.run();
    expect([day, cityOf('anna'), firstNameOf('carl')]).toEqual([day, city, firstName]);
  }
  expect(stand.actito.imports()).toHaveLength(3);
});
