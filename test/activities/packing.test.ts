import { beforeEach, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { resetStand } from '../support/stand.ts';

const { stand, runner } = await standWithRunner();
beforeEach(async () => {
  await resetStand(stand);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
});

/** Members of 60 bytes and more in an import file. */
const fill = (members: number) =>
  stand.warehouse.query(
    `insert into people (email, city) select 'nobody' || no || '@shop.be', repeat('x', 40) from generate_series(2, ${members}) no
     union all select 'anna@shop.be', 'Gent'`,
  );
const packings = () => stand.actito.imports().map(({ packing }) => packing);

test.each([
  ['packed by gzip by default', {}, 'gzip'],
  ['packed as ZIP if the contract says so', { compression: 'zip' }, 'zip'],
  ['not packed if the contract says so', { compression: 'none' }, 'none'],
])('a large import is %s', async (_, contract, packing) => {
  await stand.writeDestination({ contract });
  await fill(20_000);
  const run = await runner.run();
  expect(run).toMatchObject({ counts: { updated: 1, unmatched: 19_999 } });
  expect(packings()).toEqual([packing]);
  expect(stand.actito.contact('emailAddress', 'anna@shop.be')).toMatchObject({ city: 'Gent' });
});

test('a small import is never compressed', async () => {
  await stand.writeDestination();
  await fill(100);
  await runner.run();
  expect(packings()).toEqual(['none']);
});
