import { beforeEach, expect, test } from 'vitest';
import { LIST, resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';
import { words } from '../support/words.ts';

/* An import is accepted and its answer lost. Temporal retries, and the next attempt should find it. */

const { stand, hosted } = await standWithWorker();
beforeEach(async () => {
  await resetStand(stand);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }, { emailAddress: 'bob@shop.be' }]);
  await stand.warehouse.query(
    `insert into people (email, first_name, city) values ('anna@shop.be', 'Anna', 'Gent'), ('bob@shop.be', null, 'Gent')`,
  );
});

const files = () => stand.actito.imports().map(({ fileName }) => fileName);
const intents = async () =>
  (
    await stand.state.raw<{ rows: { status: string }[] }>(
      'select coalesce(result, status) as status from imports join import_parts on import = id order by id',
    )
  ).rows.map(({ status }) => status);

test('if Actito lists imports by file name, the run finds the import again and imports nothing twice', async () => {
  await stand.writeDestination({ contract: { executionListing: 'byFileName' } });
  stand.actito.changeLicence({ executionListing: 'byFileName' });
  stand.actito.setFault('lostAnswer', { times: 1, route: '/mass-imports' });
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 2 } });
  expect(files()).toHaveLength(2); // one per set of omitted attributes
  expect(await intents()).toEqual(['confirmed', 'confirmed']);
});

test('if the request never arrived, the run finds no import and sends it again', async () => {
  await stand.writeDestination({ contract: { executionListing: 'byFileName' } });
  stand.actito.changeLicence({ executionListing: 'byFileName' });
  stand.actito.setFault('serverError', { times: 1, route: '/mass-imports' });
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 2 } });
  expect(files()).toHaveLength(2);
  // Refused: the error of the server came before the whole file was sent.
  const fails = expect.stringMatching(/^(lost|refused)$/);
  expect((await intents()).sort()).toEqual(['confirmed', 'confirmed', fails]);
});

test('if Actito does not list imports, the run sends the import again under another name, with the same effect', async () => {
  await stand.writeDestination();
  stand.actito.setFault('lostAnswer', { times: 1, route: '/mass-imports' });
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 2 } });
  expect(files()).toHaveLength(3);
  expect(new Set(files()).size).toBe(3);
  expect(await intents()).toHaveLength(3);
});

test('a license without the list of imports is reported with the setting to change, and the target list is still delivered', async () => {
  await stand.writeDestination({ contract: { executionListing: 'byFileName' } });
  stand.actito.changeLicence({ executionListing: 'none' });
  stand.actito.setFault('lostAnswer', { times: 1, route: '/mass-imports' });
  const { notes } = await hosted.run();
  expect(words(notes).join()).toContain('executionListing');
  expect([...stand.actito.listMembers(LIST)]).toHaveLength(2);
});

test('two projects with separate databases never give two imports the same name', async () => {
  await stand.writeDestination();
  await hosted.run();
  const first = files();
  await stand.state.raw('truncate activations, runs restart identity cascade');
  await stand.state.raw('drop table members_vip');
  await hosted.run();
  expect(new Set([...first, ...files()]).size).toBe(files().length);
});
