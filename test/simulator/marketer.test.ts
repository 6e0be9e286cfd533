import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { connect, createList, importRows, LISTS, people, simulatorForTests, STRUCTURE } from './support.ts';

const simulator = simulatorForTests();

/** A call of the inspection over HTTP. */
async function inspect(method: string, path: string, body?: object) {
  const response = await fetch(simulator().inspectionUrl + path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, text: await response.text() };
}

const retrieve = async (fileName: string, content = 'emailAddress\na1@shop.be\n') => {
  writeFileSync(join(simulator().sftp.root, 'in', fileName), content);
  await simulator().pollNow();
};

beforeEach(() => simulator().seedContacts(people(3)));

test('a list is created manually, and reads its file like any other', async () => {
  simulator().createList({ name: 'VIP' });
  expect(simulator().list('VIP')).toMatchObject({
    identifierAttribute: 'emailAddress',
    validityHours: 48,
    description: '',
    numberOfProfiles: 0,
  });
  await retrieve('VIP.csv');
  expect([...simulator().listMembers('VIP')]).toEqual(['a1@shop.be']);
});

test('a manually created list has the chosen file, identifier, validity and description', async () => {
  const chosen = { identifierAttribute: 'customerId', validityHours: 2, description: 'by hand' };
  simulator().createList({ name: 'VIP', fileName: 'best.csv', location: 'Customer SFTP', ...chosen });
  await retrieve('best.csv', 'customerId\nC2\n');
  expect(simulator().list('VIP')).toMatchObject({ ...chosen, lastRetrievedFile: { name: 'best.csv' } });
  expect([...simulator().listMembers('VIP')]).toEqual(['C2']);
});

test.each([
  ['a taken name', { name: 'VIP', fileName: 'x.csv' }, 'exists already'],
  ['the file of another list', { name: 'New', fileName: 'VIP.csv' }, 'Another list reads'],
  ['an unknown location', { name: 'New', location: 'Moon' }, 'location "Moon" does not exist'],
  ['an identifier that is not unique', { name: 'New', identifierAttribute: 'city' }, 'no unique attribute'],
  ['an unknown field', { name: 'New', color: 'red' }, 'color'],
])('a list with %s cannot be created manually', (_, list, message) => {
  simulator().createList({ name: 'VIP' });
  expect(() => simulator().createList(list)).toThrow(message);
  expect(simulator().lists()).toHaveLength(1);
});

test('a list is renamed manually with its content', async () => {
  simulator().createList({ name: 'VIP' });
  await retrieve('VIP.csv');
  const { id } = simulator().list('VIP')!;
  simulator().changeList('VIP', { name: 'Best', validityHours: 5 });
  expect(simulator().list('VIP')).toBeUndefined();
  expect(simulator().list('Best')).toMatchObject({ id, numberOfProfiles: 1, validityHours: 5 });
  simulator().changeList('Best', { fileName: 'best.csv' });
  await retrieve('best.csv', 'emailAddress\n');
  expect(simulator().list('Best')).toMatchObject({ numberOfProfiles: 0 });
  simulator().createList({ name: 'Other' });
  expect(() => simulator().changeList('Best', { name: 'Other' })).toThrow('exists already');
  expect(() => simulator().changeList('VIP', { name: 'X' })).toThrow('does not exist');
});

test('a list that was deleted manually no longer exists, and can be created again manually or by the API', async () => {
  const call = await connect(simulator());
  const id = await createList(call);
  const { fileSynchronizationId } = (await call('GET', `${LISTS}/${id}`)).json;
  simulator().deleteList('VIP');
  expect((await call('GET', `${LISTS}/${id}`)).status).toBe(404);
  expect((await call('GET', LISTS)).json).toEqual({ externalTargetLists: [] });
  simulator().createList({ name: 'VIP' });
  expect(simulator().list('VIP')).toMatchObject({ fileSynchronizationId, lastRetrievedFile: null });
  expect(() => simulator().deleteList('none')).toThrow('does not exist');
});

test('a manually created attribute may be unique, and is matched on', async () => {
  simulator().createAttribute({ name: 'loyaltyCard', unique: true, maxLength: 5 });
  simulator().createAttribute({ name: 'spent', valueType: 'NUMBER' });
  const call = await connect(simulator());
  const { attributes } = (await call('GET', `${STRUCTURE}/16`)).json;
  expect(attributes.slice(-2)).toMatchObject([
    { name: 'loyaltyCard', valueType: 'STRING', unique: true, valueRestriction: { maxLength: 5 } },
    { name: 'spent', valueType: 'NUMBER', unique: false },
  ]);
  await importRows(call, ['emailAddress', 'loyaltyCard'], ['a1@shop.be;L1', 'a2@shop.be;L2']);
  await importRows(call, ['loyaltyCard', 'spent'], ['L2;12.5']);
  expect(simulator().contact('loyaltyCard', 'L2')).toMatchObject({
    emailAddress: 'a2@shop.be',
    spent: '12.5',
  });
  expect(() => simulator().createAttribute({ name: 'SPENT' })).toThrow('exists already');
});

test('a deleted attribute deletes its values from all profiles, and no other value', async () => {
  const call = await connect(simulator());
  simulator().createAttribute({ name: 'last' });
  const columns = ['emailAddress', 'gsmNumber', 'country', 'last'];
  await importRows(call, columns, ['a1@shop.be;+3210458514;BE;z']);
  simulator().deleteAttribute('gsmNumber');
  const contact = simulator().contact('emailAddress', 'a1@shop.be')!;
  expect(contact).toMatchObject({ customerId: 'C1', country: 'BE', city: null, last: 'z' });
  expect(contact).not.toHaveProperty('gsmNumber');
  await importRows(call, ['customerId', 'country'], ['C1;FR', 'C3;NL']);
  expect([...simulator().contacts()].map(({ country }) => country)).toEqual(['FR', null, 'NL']);
  await expect(importRows(call, columns, [])).rejects.toThrow('no attribute');
  simulator().createAttribute({ name: 'gsmNumber' });
  expect(simulator().contact('emailAddress', 'a1@shop.be')).toMatchObject({ gsmNumber: null, last: 'z' });
});

test('no profile is found by a deleted unique attribute', async () => {
  const call = await connect(simulator());
  simulator().createAttribute({ name: 'loyaltyCard', unique: true });
  await importRows(call, ['emailAddress', 'loyaltyCard'], ['a1@shop.be;L1']);
  simulator().deleteAttribute('loyaltyCard');
  simulator().createAttribute({ name: 'loyaltyCard', unique: true });
  expect(simulator().contact('loyaltyCard', 'L1')).toBeUndefined();
  expect(await importRows(call, ['emailAddress', 'loyaltyCard'], ['a2@shop.be;L1'])).toMatchObject({
    status: 'SUCCESS',
  });
});

test('a waiting import fails if its attribute is deleted in the meantime', async () => {
  const call = await connect(simulator());
  simulator().setFault('importsStuck', { times: 1 });
  const first = importRows(call, ['emailAddress', 'city'], ['a1@shop.be;Namur']);
  await expect.poll(() => simulator().imports().length).toBe(1);
  simulator().deleteAttribute('city');
  simulator().setFault('importsStuck', null);
  expect(await first).toMatchObject({ status: 'FAILED', message: 'The table has no attribute "city".' });
});

test("Actito's own attributes, unknown ones and the identifier of a list cannot be deleted", () => {
  simulator().createList({ name: 'VIP', identifierAttribute: 'customerId' });
  expect(() => simulator().deleteAttribute('profileId')).toThrow("Actito's own");
  expect(() => simulator().deleteAttribute('shoeSize')).toThrow('does not exist');
  expect(() => simulator().deleteAttribute('customerId')).toThrow('list "VIP"');
});

test('all of this can be done over HTTP', async () => {
  expect(await inspect('POST', '/lists', { name: 'VIP & co' })).toEqual({ status: 204, text: '' });
  expect((await inspect('PUT', '/lists/VIP%20%26%20co', { name: 'Best' })).status).toBe(204);
  expect(simulator().list('Best')).toMatchObject({ validityHours: 48 });
  expect((await inspect('DELETE', '/lists/Best')).status).toBe(204);
  expect((await inspect('DELETE', '/lists/Best')).status).toBe(404);
  expect((await inspect('POST', '/attributes', { name: 'spent', valueType: 'NUMBER' })).status).toBe(204);
  expect((await inspect('POST', '/attributes', { name: 'spent' })).status).toBe(400);
  expect((await inspect('DELETE', '/attributes/spent')).status).toBe(204);
  const etl = { id: '12', key: 'emailAddress', columns: { mail: 'emailAddress', city: 'city' } };
  const created = await inspect('POST', '/etls', etl);
  expect(created.status).toBe(201);
  expect(JSON.parse(created.text)).toMatchObject({ ...etl, mode: 'UPDATE_ONLY' });
  expect(JSON.parse((await inspect('GET', '/etls')).text)).toEqual(simulator().etls());
  expect((await inspect('POST', '/etls', etl)).status).toBe(400);
  expect((await inspect('DELETE', '/etls/12')).status).toBe(204);
  expect(simulator().etls()).toEqual([]);
  expect((await inspect('PUT', '/licence', { assumedRoutes: 404 })).status).toBe(204);
  expect(JSON.parse((await inspect('GET', '/licence')).text)).toEqual(simulator().licence());
  expect((await inspect('PUT', '/licence', { assumedRoutes: 500 })).status).toBe(400);
  await (
    await connect(simulator())
  )('GET', LISTS);
  expect(JSON.parse((await inspect('GET', '/calls/undocumented')).text)).toEqual(
    simulator().undocumentedCalls(),
  );
});
