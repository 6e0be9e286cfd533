import { beforeEach, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { resetStand } from '../support/stand.ts';

/* A license that has its own names for the parts of an import's multipart call. */

const { stand, runner } = await standWithRunner();
const NAMES = { file: 'inputFile', definition: 'parameters', definitionFile: 'parameters.json' };

beforeEach(async () => {
  await resetStand(stand);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, city) values ('anna@shop.be', 'Gent')`);
  stand.actito.changeLicence({ importParts: NAMES });
});
const city = () => stand.actito.contact('emailAddress', 'anna@shop.be')!.city;

test('an import is accepted if the contract has the names of the license', async () => {
  await stand.writeDestination({ contract: { importParts: NAMES } });
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
  expect(city()).toBe('Gent');
});

test.each(Object.keys(NAMES))('an import is refused if the contract has the default of %s', async (name) => {
  await stand.writeDestination({ contract: { importParts: { ...NAMES, [name]: undefined } } });
  expect(await runner.run()).toMatchObject({ failure: { type: 'ActitoRefused' } });
  expect([stand.actito.imports(), city()]).toEqual([[], null]);
});
