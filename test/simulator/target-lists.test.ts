import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  connect,
  createList,
  listBody,
  LISTS,
  people,
  simulatorForTests,
  SYNCHRONIZATIONS,
  someText,
} from './support.ts';

const simulator = simulatorForTests();

test('the only location is the SFTP server', async () => {
  const call = await connect(simulator());
  const { json } = await call('GET', '/file-transfers/v5/entities/shop/file-transfer-locations');
  const { host, port, directory } = simulator().sftp;
  expect(json.fileTransferLocations).toEqual([
    { id: someText, name: someText, protocol: 'SFTP', host, port, directory },
  ]);
});

test('a new list is empty and waits for its first file', async () => {
  const call = await connect(simulator());
  const id = await createList(call);
  const [synchronization] = (await call('GET', SYNCHRONIZATIONS)).json.fileSynchronizations;
  expect(synchronization).toMatchObject({ name: 'VIP', fileName: 'VIP.csv' });
  const list = {
    ...listBody('VIP', synchronization!.id),
    id,
    numberOfProfiles: 0,
    lastRetrievedFile: null,
    expirationDate: null,
  };
  expect((await call('GET', `${LISTS}/${id}`)).json).toEqual(list);
  expect((await call('GET', LISTS)).json).toEqual({ externalTargetLists: [list] });
});

test('a list is changed as a whole', async () => {
  const call = await connect(simulator());
  const id = await createList(call);
  const { fileSynchronizationId } = (await call('GET', `${LISTS}/${id}`)).json;
  const body = listBody('Best', fileSynchronizationId, { validityHours: 24, description: 'x' });
  const reply = await call('PUT', `${LISTS}/${id}`, body);
  expect(reply).toMatchObject({ status: 200, json: { id, ...body } });
  expect(simulator().list('VIP')).toBeUndefined();
  expect(simulator().list('Best')).toMatchObject({ id, expired: false });
  expect((await call('PUT', `${LISTS}/1`, body)).status).toBe(404);
});

test('a list can be made to read another file', async () => {
  await simulator().seedContacts(people(2));
  const call = await connect(simulator());
  const id = await createList(call);
  const other = await createList(call, 'Other');
  const { fileSynchronizationId } = (await call('GET', `${LISTS}/${other}`)).json;
  simulator().deleteList('Other');
  expect((await call('PUT', `${LISTS}/${id}`, listBody('VIP', fileSynchronizationId))).status).toBe(200);
  for (const name of ['VIP.csv', 'Other.csv']) {
    writeFileSync(join(simulator().sftp.root, 'in', name), 'emailAddress\na1@shop.be\n');
  }
  await simulator().pollNow();
  expect(simulator().list('VIP')).toMatchObject({ lastRetrievedFile: { name: 'Other.csv' } });
  expect(existsSync(join(simulator().sftp.root, 'in/VIP.csv'))).toBe(true);
});

test.each<[string, { fileSynchronizationId?: string; [field: string]: unknown }]>([
  ['a name that is taken', { name: 'Taken' }],
  ['the file of another list', { fileSynchronizationId: 'taken' }],
  ['an unknown file synchronization', { fileSynchronizationId: '1' }],
  ['an identifier that is not unique', { identifierAttribute: 'firstName' }],
  ['an unknown identifier', { identifierAttribute: 'shoeSize' }],
  ['no validity', { validityHours: 0 }],
  ['a validity of half hours', { validityHours: 1.5 }],
  ['an unknown field', { color: 'red' }],
])('a list with %s is rejected, whether new or changed', async (_, more) => {
  const call = await connect(simulator());
  const id = await createList(call, 'VIP');
  const taken = await createList(call, 'Taken');
  const own = (await call('GET', `${LISTS}/${id}`)).json.fileSynchronizationId;
  const body = listBody('VIP', own, more);
  if (more.fileSynchronizationId === 'taken') {
    body.fileSynchronizationId = (await call('GET', `${LISTS}/${taken}`)).json.fileSynchronizationId;
  }
  expect((await call('PUT', `${LISTS}/${id}`, body)).status).toBe(400);
  expect((await call('POST', LISTS, body)).status).toBe(400);
  expect(simulator().lists()).toHaveLength(2);
});

test('a file synchronization needs a free name, a free plain file name and an existing location', async () => {
  const call = await connect(simulator());
  await createList(call, 'VIP');
  const locations = await call('GET', '/file-transfers/v5/entities/shop/file-transfer-locations');
  const fileTransferLocationId = locations.json.fileTransferLocations[0]!.id;
  const body = { name: 'B', fileName: 'b.csv', separator: ';', encoding: 'UTF-8', fileTransferLocationId };
  const refused = [
    { name: 'VIP' },
    { fileName: 'VIP.csv' },
    { fileName: '../b.csv' },
    { fileName: '..' },
    { fileTransferLocationId: '1' },
    { separator: ',' },
    { encoding: 'ISO-8859-1' },
    { note: 'x' },
  ];
  for (const more of refused) {
    expect((await call('POST', SYNCHRONIZATIONS, { ...body, ...more })).status, JSON.stringify(more)).toBe(
      400,
    );
  }
  expect(await call('POST', SYNCHRONIZATIONS, body)).toMatchObject({
    status: 201,
    json: { id: someText },
  });
});
