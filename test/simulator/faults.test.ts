import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FaultName } from '../../simulator/faults.ts';
import {
  type Call,
  connect,
  createList,
  ended,
  EXECUTIONS,
  importRows,
  people,
  sftp,
  simulatorForTests,
  upload,
} from './support.ts';

const simulator = simulatorForTests();
const ENTITIES = '/entities/v5/entities';
const COLUMNS = ['emailAddress', 'firstName'];

async function statuses(call: Call, times: number, path = ENTITIES): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < times; i += 1) found.push((await call('GET', path)).status);
  return found;
}

function firstNames() {
  return [...simulator().contacts()].map(({ firstName }) => firstName);
}

test.each([
  ['tooManyRequests', 429],
  ['serverError', 500],
] as const)('%s occurs as often as requested', async (name, status) => {
  const call = await connect(simulator());
  simulator().setFault(name, { times: 2 });
  expect(await statuses(call, 3)).toEqual([status, status, 200]);
  expect(simulator().faults()).toEqual({ [name]: { times: 2, struck: 2 } });
});

test('without a number, a fault occurs until it is switched off', async () => {
  const call = await connect(simulator());
  simulator().setFault('serverError', {});
  expect(await statuses(call, 3)).toEqual([500, 500, 500]);
  simulator().setFault('serverError', null);
  expect(await statuses(call, 1)).toEqual([200]);
});

test('a fault may be restricted to paths with a prefix', async () => {
  const call = await connect(simulator());
  simulator().setFault('serverError', { times: 1, route: '/mass-imports' });
  expect(await statuses(call, 1)).toEqual([200]);
  expect(await statuses(call, 2, `${EXECUTIONS}/1`)).toEqual([500, 404]);
});

test('unauthorized drops all tokens, and a new one works', async () => {
  const call = await connect(simulator());
  simulator().setFault('unauthorized', { times: 1 });
  expect(await statuses(call, 2)).toEqual([401, 401]);
  expect(await statuses(await connect(simulator()), 1)).toEqual([200]);
});

test('unauthorized rejects the API key itself only if its route is requested', async () => {
  const key = () =>
    fetch(`${simulator().apiUrl}/auth/token`, { headers: { authorization: simulator().apiKey } });
  simulator().setFault('unauthorized', {});
  expect((await key()).status).toBe(200);
  simulator().setFault('unauthorized', { route: '/auth' });
  expect((await key()).status).toBe(401);
});

test('forbidden rejects the calls of one method, as for a key without that right, and not the key or other calls', async () => {
  simulator().setFault('forbidden', { method: 'POST', times: 1 });
  const call = await connect(simulator());
  expect(await statuses(call, 1)).toEqual([200]);
  expect((await call('POST', EXECUTIONS)).status).toBe(403);
  expect((await call('POST', EXECUTIONS)).status).toBe(400);
});

test('a lost answer is lost after the work was done', async () => {
  await simulator().seedContacts(people(1));
  const call = await connect(simulator());
  simulator().setFault('lostAnswer', { times: 1, route: EXECUTIONS });
  expect(await statuses(call, 1)).toEqual([200]);
  const body = upload(COLUMNS, 'emailAddress;firstName\na1@shop.be;Anna\n');
  await expect(call('POST', EXECUTIONS, body)).rejects.toThrow();
  await ended(call, simulator().imports()[0]!.id);
  expect(firstNames()).toEqual(['Anna']);
  expect((await call('POST', EXECUTIONS, body)).status).toBe(201);
});

test('a rejected call has no answer to lose', async () => {
  const call = await connect(simulator());
  simulator().setFault('lostAnswer', { times: 1 });
  expect((await call('POST', EXECUTIONS, {})).status).toBe(400);
  expect(simulator().faults().lostAnswer).toMatchObject({ struck: 0 });
});

test('a slow call takes at least the requested time', async () => {
  const call = await connect(simulator());
  simulator().setFault('slow', { milliseconds: 100, times: 1, route: ENTITIES });
  const begin = performance.now();
  expect(await statuses(call, 1)).toEqual([200]);
  expect(performance.now() - begin).toBeGreaterThan(98); // timers may be early by a millisecond
});

test('a failing import has applied the first half of its rows', async () => {
  await simulator().seedContacts(people(5));
  const call = await connect(simulator());
  const lines = people(5).map(({ emailAddress }) => `${emailAddress};X`);
  simulator().setFault('importFails', { times: 1 });
  expect(await importRows(call, COLUMNS, lines)).toMatchObject({ status: 'FAILED' });
  expect(firstNames()).toEqual(['X', 'X', null, null, null]);
  expect(await importRows(call, COLUMNS, lines)).toMatchObject({ status: 'SUCCESS' });
});

test.each([0, 1])('an import of %i rows can fail too', async (rows) => {
  await simulator().seedContacts(people(1));
  simulator().setFault('importFails', {});
  const lines = ['a1@shop.be;X'].slice(0, rows);
  expect(await importRows(await connect(simulator()), COLUMNS, lines)).toMatchObject({ status: 'FAILED' });
  expect(firstNames()).toEqual([null]);
});

test('every nth row of an import is refused', async () => {
  await simulator().seedContacts(people(5));
  const call = await connect(simulator());
  simulator().setFault('importRefusesRows', { times: 1, every: 2, code: 'QUARANTINED' });
  const lines = people(5).map(({ emailAddress }) => `${emailAddress};X`);
  const rows = { read: 5, updated: 3, inError: 2 };
  expect(await importRows(call, COLUMNS, lines)).toMatchObject({ status: 'WITH_ERROR', rows });
  expect(firstNames()).toEqual(['X', null, 'X', null, 'X']);
});

test('renames are rejected, plain and replacing ones', async () => {
  const client = await sftp(simulator());
  await client.put(Buffer.from('x'), '/in/a');
  simulator().setFault('renameRefused', { times: 2 });
  await expect(client.posixRename('/in/a', '/in/b')).rejects.toThrow('fault');
  await expect(client.rename('/in/a', '/in/b')).rejects.toThrow('fault');
  await client.posixRename('/in/a', '/in/b');
  expect(await client.exists('/in/b')).toBe('-');
});

test('an upload breaks after the requested number of bytes, and the next connection works', async () => {
  const client = await sftp(simulator());
  simulator().setFault('uploadBreaks', { times: 1, afterBytes: 50_000 });
  await client.put(Buffer.alloc(49_999), '/in/small');
  await expect(client.put(Buffer.alloc(200_000), '/in/large')).rejects.toThrow();
  expect(readFileSync(join(simulator().sftp.root, 'in/large'))).toHaveLength(50_000);

  // Many writes at once, as with fastPut, make no difference: bytes after the cut are not written.
  writeFileSync(join(simulator().sftp.root, 'source'), Buffer.alloc(2_000_000, 1));
  simulator().setFault('uploadBreaks', { times: 1, afterBytes: 10 });
  const many = await sftp(simulator());
  await expect(many.fastPut(join(simulator().sftp.root, 'source'), '/in/parallel')).rejects.toThrow();
  const received = readFileSync(join(simulator().sftp.root, 'in/parallel')).filter((byte) => byte === 1);
  expect(received).toHaveLength(10);

  const next = await sftp(simulator());
  await next.put(Buffer.alloc(200_000), '/in/large');
  expect(await next.stat('/in/large')).toMatchObject({ size: 200_000 });
});

test('a stopped poller does not touch files', async () => {
  await simulator().seedContacts(people(1));
  await createList(await connect(simulator()));
  const client = await sftp(simulator());
  await client.put(Buffer.from('emailAddress\na1@shop.be\n'), '/in/VIP.csv');
  simulator().setFault('pollerStopped', {});
  await simulator().pollNow();
  expect(simulator().list('VIP')).toMatchObject({ lastRetrievedFile: null });
  simulator().setFault('pollerStopped', null);
  await simulator().pollNow();
  expect(simulator().list('VIP')).toMatchObject({ numberOfProfiles: 1 });
});

test('unknown faults and settings are errors', () => {
  const set = (name: string, setting: object) => simulator().setFault(name as FaultName, setting);
  expect(() => set('toString', {})).toThrow('there are: unauthorized');
  expect(() => set('serverError', { times: 0 })).toThrow('serverError');
  expect(() => set('serverError', { afterBytes: 1 })).toThrow('afterBytes');
  expect(() => set('uploadBreaks', {})).toThrow('afterBytes');
  expect(simulator().faults()).toEqual({});
});
