import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { BELIEVED } from '../../activities/import/collect.ts';
import { until } from '../setup/until.ts';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST, resetStand, usualActivation } from '../support/stand.ts';
import { words } from '../support/words.ts';

/*
 * A marketer has set up everything in Actito, and Actito answers 404 on each undocumented route: a typical
 * run must succeed anyway.
 */

BELIEVED.after = 0; // the run accepts the absence of rows in error once Actito has repeated it often enough

const { stand, runner } = await standWithRunner({ assumedRoutes: 404 });
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeDestination({ contract: { rowResults: 'none' } });
  await stand.writeActivation({ list: { provision: 'existing' } });
  await stand.actito.seedContacts(
    ['anna', 'bob', 'eve'].map((name) => ({ emailAddress: `${name}@shop.be`, firstName: 'before' })),
  );
});

const setUp = () => {
  stand.actito.createAttribute({ name: 'spent', valueType: 'NUMBER' });
  stand.actito.createList({ name: LIST });
};
const listed = async () => {
  await stand.actito.pollNow();
  return [...stand.actito.listMembers(LIST)].sort();
};
const fill = (...names: string[]) =>
  stand.warehouse.query(
    `truncate people; insert into people (email, first_name, spent)
     values ${names.map((name) => `('${name}@shop.be', '${name}', 7)`).join(', ')}`,
  );
const nameOf = (name: string) => stand.actito.contact('emailAddress', `${name}@shop.be`)?.firstName;
const UNASKED = { retrieved: false, asked: false, profiles: null, expires: null };

test.each([
  ['one shot', 'oneShot'],
  ['a pre-defined ETL', { etl: '12' }],
])('a typical run uses only documented routes and imports by %s', async (_, importMode) => {
  setUp();
  const columns = ['emailAddress', 'firstName', 'spent', 'city'];
  stand.actito.createEtl({
    id: '12',
    key: 'emailAddress',
    columns: Object.fromEntries(columns.map((name) => [name, name])),
  });
  await stand.writeActivation({ list: { provision: 'existing' }, importMode });

  await fill('anna', 'bob');
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded',
    plan: { push: 'first delivery' },
    counts: { added: 2, updated: 2 },
    list: UNASKED,
  });
  expect(await listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
  expect([nameOf('anna'), nameOf('bob')]).toEqual(['anna', 'bob']);

  await fill('bob', 'eve');
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 1, removed: 1 } });
  expect(await listed()).toEqual(['bob@shop.be', 'eve@shop.be']);

  expect(await runner.run()).toMatchObject({ plan: { push: null, toSend: 0 }, list: UNASKED });
  await stand.age(25);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', plan: { push: 'keep-alive' } });
  expect(await listed()).toEqual(['bob@shop.be', 'eve@shop.be']);

  await fill('bob', 'stranger');
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded with rejects', counts: { unsent: 1 } });
  expect(await listed()).toEqual(['bob@shop.be']);
  expect(stand.actito.contactCount()).toBe(3);

  expect(stand.actito.undocumentedCalls()).toEqual({});
  const routes = Object.keys(stand.actito.calls()).map((route) => route.replace(/\{\w+\}/g, '*'));
  expect(routes.sort()).toEqual([
    'GET /auth/token',
    'GET /mass-imports/v5/entities/*/etl-executions/*',
    ...(importMode === 'oneShot' ? [] : ['GET /mass-imports/v5/entities/*/etls/*']),
    'GET /profile-table-structure/v5/entities/*/profile-tables',
    'GET /profile-table-structure/v5/entities/*/profile-tables/*',
    importMode === 'oneShot'
      ? 'POST /mass-imports/v5/entities/*/etl-executions'
      : 'POST /mass-imports/v5/entities/*/etls/*/trigger-execution',
  ]);
});

test('a license without row results is supported: unconfirmed members are sent again on another day', async () => {
  setUp();
  await stand.writeDestination();
  await fill('anna', 'stranger');
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded with rejects', counts: { unsent: 2 } });
  expect(nameOf('anna')).toBe('anna');
  expect(await runner.run()).toMatchObject({ plan: { toSend: 0 } });
  await stand.age(25);
  expect(await runner.run()).toMatchObject({ plan: { toSend: 2 } });
});

test('the first run reports which required setup it cannot read, and a later run reports it when it changes', async () => {
  setUp();
  await fill('anna');
  const { notes } = (await runner.run()).provisioned!;
  expect(words(notes)).toEqual([
    'The external target list "VIP" must exist in Actito; actito-sync cannot check it. Its settings: profile table ' +
      'Profiles, identifier emailAddress, validity 48 hours, file VIP.csv, file transfer location for ' +
      'sftp 127.0.0.1, folder /in, format CSV, UTF-8 without BOM, separator ";", one column with the header emailAddress.',
    expect.stringContaining('actito-sync does not check whether Actito retrieved the file') as string,
  ]);
  expect((await runner.run()).provisioned!.notes).toEqual([]);

  stand.actito.createEtl({ id: '12', key: 'emailAddress', columns: { emailAddress: 'emailAddress' } });
  await stand.writeActivation({ list: { provision: 'existing', validity: '24h' }, importMode: { etl: 12 } });
  const changed = words((await runner.run()).provisioned!.notes);
  expect(changed[0]).toContain('validity 24 hours');
  expect(changed.at(-1)).toContain('ETL 12 must be triggered by API');
});

test('the run reports everything that a marketer still has to set up at once, and writes nothing before', async () => {
  await stand.writeActivation({
    list: { provision: 'existing' },
    matchingKey: { column: 'customer_id', type: 'externalId', attribute: 'gsmNumber' },
    attributes: [
      ...(usualActivation().attributes as object[]),
      { column: 'note', attribute: 'remark', create: { type: 'STRING', maxLength: 80 } },
    ],
  });
  await stand.warehouse.query(`insert into people (customer_id) values ('+32470123456')`);
  const { outcome, failure } = await runner.run();
  expect([outcome, failure?.type]).toEqual(['failed', 'MappingInvalid']);
  expect(failure!.message).toContain('gsmNumber is not unique');
  expect(failure!.message).toContain('- Attribute spent is missing. Add it with type NUMBER');
  expect(failure!.message).toContain(
    '- Attribute remark is missing. Add it with type STRING (at most 80 characters)',
  );
  expect(failure!.message).toContain('Apps > Data');
  expect(stand.actito.undocumentedCalls()).toEqual({});
  expect(await readdir(join(stand.actito.sftp.root, 'in'))).toEqual([]);
});

test('a list with a new name and file is a new list, and the run reports when the former one expires', async () => {
  setUp();
  await fill('anna');
  await runner.run();
  stand.actito.createList({ name: 'Best' });
  await stand.writeActivation({ list: { provision: 'existing', name: 'Best', validity: '12h' } });
  const run = await runner.run();
  expect(run).toMatchObject({ outcome: 'succeeded', plan: { push: 'first delivery' } });
  const note = run.provisioned!.notes.at(-1)!.message;
  expect(note).toContain(
    'the list was "VIP" and is now "Best", the file was "VIP.csv" and is now "Best.csv"',
  );
  const [, delivered] = /last delivery \((.*?)\)/.exec(note)!;
  const [, expires] = /expires around (\S+)/.exec(note)!;
  expect(Date.parse(expires!) - Date.parse(delivered!)).toBe(48 * 3_600_000); // as it was delivered, not as it is now
  await stand.actito.pollNow();
  expect([...stand.actito.listMembers('Best')]).toEqual(['anna@shop.be']);
  expect((await runner.run()).provisioned!.notes).toEqual([]);
});

test('if Actito deletes a file after reading it, the missing file confirms the list', async () => {
  await stand.writeDestination({ contract: { rowResults: 'none', listConfirmation: 'fileDisappears' } });
  setUp();
  await fill('anna');
  stand.actito.setFault('pollerStopped', {});
  const running = runner.run();
  let ended = false;
  void running.then(() => (ended = true));
  const inFolder = () => readdir(join(stand.actito.sftp.root, 'in'));
  await until('the file is delivered', async () => (await inFolder()).includes('VIP.csv'));
  expect(ended).toBe(false);
  stand.actito.setFault('pollerStopped', null);
  expect(await running).toMatchObject({
    outcome: 'succeeded',
    list: { retrieved: true, asked: true },
  });
  expect([...stand.actito.listMembers(LIST)]).toEqual(['anna@shop.be']);
  expect(stand.actito.undocumentedCalls()).toEqual({});
  expect((await runner.run()).list).toEqual(UNASKED); // without a delivery there is no list to look for
});

test('if Actito keeps the file, the list stays unconfirmed, and the run reports that it waits', async () => {
  await stand.writeDestination({ contract: { rowResults: 'none', listConfirmation: 'fileDisappears' } });
  stand.actito.changeLicence({ fileDisappears: false });
  setUp();
  await fill('anna');
  expect((await runner.run()).failure).toMatchObject({ type: 'ListPending' });
});
