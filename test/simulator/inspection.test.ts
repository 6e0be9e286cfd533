import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  connect,
  createList,
  EXECUTIONS,
  importRows,
  people,
  sftp,
  simulatorForTests,
  upload,
  until,
  someText,
} from './support.ts';

const simulator = simulatorForTests();

/** A call of the inspection over HTTP. */
async function inspect(method: string, path: string, body?: string) {
  const response = await fetch(simulator().inspectionUrl + path, {
    method,
    body,
    headers: body?.startsWith('{') ? { 'content-type': 'application/json' } : {},
  });
  return { status: response.status, text: await response.text() };
}

const json = async (path: string): Promise<unknown> => JSON.parse((await inspect('GET', path)).text);
const ndjson = (values: object[]) => values.map((value) => JSON.stringify(value)).join('\n');

test('contacts are seeded, counted, found and streamed', async () => {
  expect(await inspect('POST', '/contacts', ndjson(people(1234)))).toEqual({
    status: 200,
    text: '{"seeded":1234}',
  });
  expect(await json('/contacts/count')).toEqual({ count: 1234 });
  const found = { profileId: '7', emailAddress: 'a7@shop.be', customerId: 'C7', firstName: null };
  expect(await json('/contacts/customerId/C7')).toMatchObject(found);
  expect(await json('/contacts/emailAddress/A7%40shop.be')).toMatchObject(found);
  const lines = (await inspect('GET', '/contacts')).text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([...simulator().contacts()]);
  expect(lines).toHaveLength(1234);
  expect((await inspect('GET', '/contacts/customerId/none')).status).toBe(404);
  expect((await inspect('GET', '/contacts/firstName/none')).status).toBe(400);
});

test.each([
  ['an unknown attribute', { emailAddress: 'b@shop.be', shoeSize: '42' }],
  ['a profile id of its own', { emailAddress: 'b@shop.be', profileId: '42' }],
  ['no email address', { customerId: 'C42' }],
  ['a malformed value', { emailAddress: 'b@shop.be', sex: 'X' }],
  ['the email address of another', { emailAddress: 'A1@shop.be' }],
])('a contact with %s is not seeded', async (_, contact) => {
  await simulator().seedContacts(people(1));
  expect((await inspect('POST', '/contacts', ndjson([contact]))).status).toBe(400);
  await expect(simulator().seedContacts([contact])).rejects.toThrow();
  expect(simulator().contactCount()).toBe(1);
});

test('lists are shown with their members', async () => {
  await simulator().seedContacts(people(3));
  await createList(await connect(simulator()), 'VIP & friends');
  writeFileSync(
    join(simulator().sftp.root, 'in/VIP & friends.csv'),
    'emailAddress\na1@shop.be\na3@shop.be\n',
  );
  expect((await inspect('POST', '/poll')).status).toBe(204);
  const path = '/lists/VIP%20%26%20friends';
  expect(await json(path)).toMatchObject({ name: 'VIP & friends', numberOfProfiles: 2, expired: false });
  expect(await json('/lists')).toEqual([await json(path)]);
  expect((await inspect('GET', `${path}/members`)).text).toBe('"a1@shop.be"\n"a3@shop.be"\n');
  expect((await inspect('POST', '/clock', '{"advance":172800000}')).status).toBe(204);
  expect(await json(path)).toMatchObject({ numberOfProfiles: 0, expired: true });
  expect((await inspect('GET', '/lists/none')).status).toBe(404);
  expect((await inspect('GET', '/lists/none/members')).status).toBe(400);
});

test('imports and calls are shown', async () => {
  await simulator().seedContacts(people(1));
  const call = await connect(simulator());
  const { id } = await importRows(call, ['emailAddress', 'firstName'], ['a1@shop.be;Anna']);
  expect(await json('/imports')).toEqual([
    {
      id,
      status: 'SUCCESS',
      tableId: '16',
      mode: 'UPDATE_ONLY',
      key: 'emailAddress',
      columns: ['emailAddress', 'firstName'],
      rows: { read: 1, updated: 1, inError: 0 },
      fileName: 'data.csv',
      packing: 'none',
      created: someText,
    },
  ]);
  await call('GET', '/nowhere');
  expect(await json('/calls')).toMatchObject({
    'GET /auth/token': 1,
    'POST /mass-imports/v5/entities/{entity}/etl-executions': 1,
    'GET elsewhere': 1,
  });
  expect(await json('/attributes')).toEqual(simulator().attributes());
});

test('faults are switched on, counted and switched off', async () => {
  expect((await inspect('PUT', '/faults/serverError', '{"times":2}')).status).toBe(204);
  expect(await (await fetch(`${simulator().apiUrl}/auth/token`)).text()).toContain('fault');
  expect(await json('/faults')).toEqual({ serverError: { times: 2, struck: 1 } });
  expect((await inspect('DELETE', '/faults/serverError')).status).toBe(204);
  expect(await json('/faults')).toEqual({});
  expect((await inspect('PUT', '/faults/serverError', '{"times":-1}')).status).toBe(400);
  expect((await inspect('PUT', '/faults/nonsense', '{}')).status).toBe(400);
});

test('faults and limits of the API do not affect the inspection', async () => {
  simulator().setFault('serverError', {});
  simulator().setFault('tooManyRequests', {});
  expect((await Promise.all(Array.from({ length: 8 }, () => json('/faults')))).length).toBe(8);
  expect((await inspect('GET', '/nonsense')).status).toBe(404);
  expect((await inspect('DELETE', '/contacts')).status).toBe(405);
  expect((await inspect('POST', '/contacts', 'nonsense')).status).toBe(400);
});

test('a reset deletes everything, and keeps the addresses', async () => {
  const fresh = { attributes: simulator().attributes(), apiUrl: simulator().apiUrl };
  await simulator().seedContacts(people(3));
  const call = await connect(simulator());
  await createList(call);
  const client = await sftp(simulator());
  await client.put(Buffer.from('x'), '/in/VIP.csv.tmp');
  simulator().setFault('importsStuck', {});
  await call(
    'POST',
    EXECUTIONS,
    upload(['emailAddress', 'firstName'], 'emailAddress;firstName\na1@shop.be;Anna'),
  );
  await until(() => simulator().imports()[0]!.status === 'RUNNING');
  simulator().advanceClock(3_600_000);

  expect((await inspect('POST', '/reset')).status).toBe(204);
  expect(simulator().contactCount()).toBe(0);
  expect([simulator().lists(), simulator().imports(), simulator().faults(), simulator().calls()]).toEqual([
    [],
    [],
    {},
    {},
  ]);
  expect({ attributes: simulator().attributes(), apiUrl: simulator().apiUrl }).toEqual(fresh);
  await expect(client.list('/in')).rejects.toThrow();
  expect(await (await sftp(simulator())).list('/in')).toEqual([]);
  expect((await call('GET', '/entities/v5/entities')).status).toBe(401);
  await simulator().seedContacts(people(3));
  const state = await importRows(
    await connect(simulator()),
    ['emailAddress', 'firstName'],
    ['a1@shop.be;Anna'],
  );
  expect(state.status).toBe('SUCCESS');
});

test('the clock only moves forward', async () => {
  expect(() => simulator().advanceClock(-1)).toThrow('forward');
  expect((await inspect('POST', '/clock', '{"advance":-1}')).status).toBe(400);
});
