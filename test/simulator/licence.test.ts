import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { startSimulator } from '../../simulator/start.ts';
import {
  connect,
  createList,
  dataFile,
  EXECUTIONS,
  importRows,
  LISTS,
  people,
  runEtl,
  sftp,
  simulatorForTests,
  STRUCTURE,
  SYNCHRONIZATIONS,
  triggerOf,
  upload,
} from './support.ts';

const simulator = simulatorForTests();
const COLUMNS = ['emailAddress', 'firstName', 'city'];
const ETL = '/mass-imports/v5/entities/shop/etls/12';
const LOCATIONS = '/file-transfers/v5/entities/shop/file-transfer-locations';
const MAPPING = { key: 'emailAddress', columns: Object.fromEntries(COLUMNS.map((name) => [name, name])) };

const person = () => simulator().contact('emailAddress', 'a1@shop.be');
const drop = (content: string) => {
  const path = join(simulator().sftp.root, 'in/VIP.csv');
  writeFileSync(`${path}.tmp`, content);
  renameSync(`${path}.tmp`, path);
};

beforeEach(() => simulator().seedContacts(people(2)));

test('an empty field clears or is ignored, as the license says, whichever way it was sent', async () => {
  const call = await connect(simulator());
  simulator().createEtl({ id: '12', ...MAPPING });
  const send = {
    oneShot: () => importRows(call, COLUMNS, ['a1@shop.be;;Namur']),
    etl: () => runEtl(call, '12', [COLUMNS.join(';'), 'a1@shop.be;;Gent']),
  };
  for (const way of ['oneShot', 'etl'] as const) {
    for (const [emptyValue, firstName] of [
      ['ignored', 'Anna'],
      ['clears', null],
    ] as const) {
      await importRows(call, COLUMNS, ['a1@shop.be;Anna;Mons']);
      simulator().changeLicence({ emptyValue });
      expect(await send[way]()).toMatchObject({ status: 'SUCCESS', rows: { updated: 1 } });
      expect(person(), `${way} ${emptyValue}`).toMatchObject({ firstName });
      expect(person()!.city).not.toBe('Mons');
    }
  }
});

test('an ignored empty field does not affect mandatory attributes', async () => {
  simulator().changeLicence({ emptyValue: 'ignored' });
  const call = await connect(simulator());
  await importRows(call, ['customerId', 'emailAddress', 'firstName'], ['C1;;Anna']);
  expect(person()).toMatchObject({ firstName: 'Anna' });
});

test('an ETL may treat empty fields in its own way', async () => {
  const call = await connect(simulator());
  simulator().createEtl({ id: '12', ...MAPPING, emptyValue: 'ignored' });
  await importRows(call, COLUMNS, ['a1@shop.be;Anna;Mons']);
  await runEtl(call, '12', [COLUMNS.join(';'), 'a1@shop.be;;']);
  expect(person()).toMatchObject({ firstName: 'Anna', city: 'Mons' });
});

test('without the assumed routes, all of them are answered 404, and the documented ones work', async () => {
  const id = await createList(await connect(simulator()));
  simulator().createEtl({ id: '12', ...MAPPING });
  simulator().changeLicence({ assumedRoutes: 404, executionListing: 'byFileName' });
  const call = await connect(simulator());
  const created = await importRows(call, COLUMNS, ['x@shop.be;;']);
  expect(created).toMatchObject({ status: 'WITH_ERROR' });
  expect(await runEtl(call, '12', ['emailAddress;city', 'a1@shop.be;Namur'])).toMatchObject({
    status: 'SUCCESS',
  });
  const documented = ['/entities/v5/entities', STRUCTURE, `${STRUCTURE}/16`, ETL];
  for (const path of documented) {
    expect((await call('GET', path)).status, path).toBe(200);
  }
  const assumed = [
    ['GET', LOCATIONS],
    ['GET', SYNCHRONIZATIONS],
    ['POST', SYNCHRONIZATIONS],
    ['GET', LISTS],
    ['POST', LISTS],
    ['GET', `${LISTS}/${id}`],
    ['PUT', `${LISTS}/${id}`],
    ['POST', `${STRUCTURE}/16/change-requests`],
    ['GET', `${EXECUTIONS}/${created.id}/result`],
    ['GET', `${EXECUTIONS}/${created.id}/result-file`],
    ['GET', `${EXECUTIONS}?dataFile=data.csv`],
  ] as const;
  for (const [method, path] of assumed) {
    expect((await call(method, path, method === 'GET' ? undefined : {})).status, `${method} ${path}`).toBe(
      404,
    );
  }
  expect(simulator().lists()).toHaveLength(1);
});

test('a license allows 24 imports of a table a day unless it is chosen otherwise', async () => {
  const call = await connect(simulator());
  simulator().setFault('importsStuck', {});
  const start = () => call('POST', EXECUTIONS, upload(COLUMNS, `${COLUMNS.join(';')}\n`));
  for (let i = 0; i < 24; i += 1) expect((await start()).status).toBe(201);
  expect((await start()).status).toBe(429);
});

test('calls of undocumented routes are counted separately', async () => {
  const call = await connect(simulator());
  await importRows(call, COLUMNS, ['a1@shop.be;Anna;']);
  await call('GET', `${STRUCTURE}/16`);
  expect(simulator().undocumentedCalls()).toEqual({});
  simulator().changeLicence({ assumedRoutes: 404 });
  await call('GET', LISTS);
  await call('GET', LISTS);
  await call('GET', '/nowhere');
  expect(simulator().undocumentedCalls()).toEqual({
    'GET /external-target-lists/v5/entities/{entity}/profile-tables/{table}/external-target-lists': 2,
    'GET elsewhere': 1,
  });
  expect(simulator().calls()).toMatchObject(simulator().undocumentedCalls());
});

test('imports are found by their file name, if the license lists them', async () => {
  const call = await connect(simulator());
  simulator().createEtl({ id: '12', ...MAPPING });
  const find = (name: string) => call('GET', `${EXECUTIONS}?dataFile=${encodeURIComponent(name)}`);
  expect((await find('run 7&1.csv')).status).toBe(404);
  simulator().changeLicence({ executionListing: 'byFileName' });

  simulator().setFault('lostAnswer', { times: 2 });
  const content = `${COLUMNS.join(';')}\n`;
  const fileName = 'run 7&1.csv';
  await expect(call('POST', EXECUTIONS, upload(COLUMNS, content, { fileName }))).rejects.toThrow();
  await expect(call('POST', triggerOf('12'), dataFile(content, { fileName }))).rejects.toThrow();
  await call('POST', EXECUTIONS, upload(COLUMNS, content, { fileName: 'other.csv' }));

  const { json } = await find('run 7&1.csv');
  const [first, second] = simulator().imports();
  expect(json.etlExecutions).toMatchObject([
    { id: first!.id, dataFile: fileName },
    { id: second!.id, dataFile: fileName },
  ]);
  expect((await find('none.csv')).json).toEqual({ etlExecutions: [] });
  expect((await call('GET', EXECUTIONS)).status).toBe(400);
});

test('if files stay, each is read once, and a replacement is read again', async () => {
  simulator().changeLicence({ fileDisappears: false });
  await createList(await connect(simulator()));
  const retrieved = async () => {
    simulator().advanceClock(1000);
    await simulator().pollNow();
    return simulator().list('VIP')!.lastRetrievedFile?.retrievedMoment;
  };
  drop('emailAddress\na1@shop.be\n');
  const first = await retrieved();
  expect(first).toBeDefined();
  expect(await retrieved()).toBe(first);
  drop('emailAddress\na1@shop.be\n'); // the same content, like a delivery that keeps the list alive
  const second = await retrieved();
  expect(second! > first!).toBe(true);
  expect(await retrieved()).toBe(second);
  expect(readdirSync(join(simulator().sftp.root, 'in'))).toEqual(['VIP.csv']);
});

test('if files stay, a wrong one is reported once', async () => {
  simulator().changeLicence({ fileDisappears: false });
  await createList(await connect(simulator()));
  drop('email\na1@shop.be\n');
  await simulator().pollNow();
  const { lastRetrievedFile } = simulator().list('VIP')!;
  expect(lastRetrievedFile).toMatchObject({ errorMessage: 'The header line is not emailAddress.' });
  simulator().advanceClock(1000);
  await simulator().pollNow();
  expect(simulator().list('VIP')).toMatchObject({ lastRetrievedFile });
});

test('if files disappear, the uploader sees it', async () => {
  await createList(await connect(simulator()));
  const client = await sftp(simulator());
  await client.put(Buffer.from('emailAddress\na1@shop.be\n'), '/in/VIP.csv');
  await simulator().pollNow();
  expect(await client.exists('/in/VIP.csv')).toBe(false);
});

test('a license can be chosen at the start, and a reset returns to it', async () => {
  const own = await startSimulator({
    assumedRoutes: 404,
    fileDisappears: false,
    listIdentifiers: 'profileId',
  });
  try {
    const chosen = {
      assumedRoutes: 404,
      emptyValue: 'clears',
      executionListing: 'none',
      fileDisappears: false,
      listIdentifiers: 'profileId',
      importParts: { file: 'file', definition: 'definition' },
    };
    expect(own.licence()).toEqual(chosen);
    own.changeLicence({ assumedRoutes: 'served' });
    expect((await (await connect(own))('GET', LISTS)).status).toBe(200);
    await own.reset();
    expect(own.licence()).toEqual(chosen);
    expect((await (await connect(own))('GET', LISTS)).status).toBe(404);
  } finally {
    await own.stop();
  }
});

test('an unknown setting of a license is an error, at the start too', async () => {
  const wrong = [{ assumedRoutes: 500 }, { emptyValue: 'clear' }, { executionListing: true }, { files: 1 }];
  for (const changes of wrong) expect(() => simulator().changeLicence(changes as never)).toThrow('Licence');
  await expect(startSimulator({ emptyValue: 'clear' as never })).rejects.toThrow('clears or ignored');
  expect(simulator().licence()).toMatchObject({ assumedRoutes: 'served', emptyValue: 'clears' });
});
