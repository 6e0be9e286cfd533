import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createdBody, profileTablesBody } from '../../actito/contract.ts';
import { connectSftp } from '../../actito/delivery/sftp.ts';
import { readImport } from '../../actito/imports/status.ts';
import { readRowsInError } from '../../actito/imports/rows-in-error.ts';
import { provisionAttributes } from '../../actito/structure/create.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { loginOf } from './sftp-fixture.ts';
import { clientFor, definitionFor, failureOf, json, startScripted, text, textColumn } from './support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pollInterval: 3_600_000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

const readTables = (api: { apiUrl: string; apiKey: string }) =>
  clientFor(api).call({ route: 'profileTables', parts: { entity: 'shop' } }, profileTablesBody);

test('concurrent calls all succeed although Actito no longer knows their token', async () => {
  await readTables(simulator);
  simulator.advanceClock(16 * 60_000);
  const all = await Promise.allSettled([1, 2, 3, 4].map(() => readTables(simulator)));
  expect(all.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
});

test('calls that begin at the same time share the first token', async () => {
  const fresh = await startSimulator({ pollInterval: 3_600_000 });
  await Promise.all([1, 2, 3, 4].map(() => readTables(fresh)));
  expect(fresh.calls()['GET /auth/token']).toBe(1);
  await fresh.stop();
});

test('a message never shows the API key or the token, even if Actito repeats it', async () => {
  const repeat =
    (status: number): Parameters<typeof startScripted>[0] =>
    (request, response) =>
      json(status, { message: `Unknown: ${request.headers.authorization}` })(request, response);
  for (const server of [await startScripted(repeat(400)), await startScripted(json(200, {}), repeat(401))]) {
    const { message } = await failureOf(readTables(server));
    expect(message).not.toMatch(/the-api-key|the-access-token/);
    await server.stop();
  }
});

test('the text of Actito about an import goes to the state, and to no failure', async () => {
  const said = 'Line 2 is invalid: C-1042;Dupont;Marie;1980-05-12;+32 475 12 34 56;Rue de la Loi 16';
  const other = "Value 'Marie' of firstName, born 12/05/1980, phone +32 475 12 34 56, anna@shop.be";
  for (const message of [said, other]) {
    const running = await startScripted(json(200, { id: '1', status: 'FAILED', message }));
    const found = await readImport(
      clientFor(running),
      { entity: 'shop', execution: '1' },
      { statusNames: {} },
    );
    expect(found).toMatchObject({ state: 'failed', status: 'FAILED', words: `FAILED: ${message}` });
    await running.stop();
    const refusing = await startScripted(json(400, { message }));
    const failure = await failureOf(
      clientFor(refusing).call(
        { method: 'POST', route: 'executions', parts: { entity: 'shop' } },
        createdBody,
      ),
    );
    expect(failure.message).not.toMatch(/Dupont|Marie|1980|475|Loi|@shop/);
    await refusing.stop();
  }
});

test('a created resource is known by its Location if the answer has no body', async () => {
  const server = await startScripted(
    (_, response) =>
      void response.writeHead(201, { Location: '/mass-imports/v5/entities/shop/etl-executions/42' }).end(),
  );
  const parts = { entity: 'shop' };
  const created = clientFor(server).call({ method: 'POST', route: 'executions', parts }, createdBody);
  expect(await created).toEqual({ id: '42' });
  await server.stop();
});

test.each([
  ['a quote in the wrong place', Buffer.from('line;emailAddress;code;message\n2;anna"b@shop.be;X;m\n')],
  ['a line that is too short', Buffer.from('line;emailAddress;code;message\n2;anna@shop.be;X\n')],
])('a result file with %s is rejected, and no member is in the message', async (_, csv) => {
  const archive = Buffer.from(zipSync({ 'errors.csv': csv }));
  const server = await startScripted(text(200, archive, 'application/zip'));
  const where = { entity: 'shop', execution: '1', keyAttribute: 'emailAddress', rows: 600 };
  const failure = await failureOf(readRowsInError(clientFor(server), where, async () => {}));
  await server.stop();
  expect(failure).toMatchObject({ type: 'ActitoRefused', retryable: false });
  expect(failure.message).not.toContain('anna');
});

test('a result file whose ZIP is damaged is rejected', async () => {
  const archive = Buffer.from(zipSync({ 'errors.csv': Buffer.from('line;emailAddress;code\n'.repeat(500)) }));
  const server = await startScripted(text(200, archive.subarray(0, archive.length >> 1), 'application/zip'));
  const where = { entity: 'shop', execution: '1', keyAttribute: 'emailAddress', rows: 600 };
  const failure = await failureOf(readRowsInError(clientFor(server), where, async () => {}));
  await server.stop();
  expect(failure).toMatchObject({ type: 'ActitoRefused' });
});

test('an attribute that cannot be mapped is found before any other is created, since types are permanent', async () => {
  const definition = definitionFor(simulator, {
    attributes: [
      { column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } },
      { column: 'city', attribute: 'city', create: { type: 'NUMBER' } },
    ],
  });
  const client = clientFor(simulator);
  const columns = [textColumn('city'), textColumn('spent')];
  const table = await readProfileTable(client, 'shop', 'Profiles');
  const failure = await failureOf(provisionAttributes(client, 'shop', table, { ...definition, columns }));
  expect(failure.type).toBe('AttributeConflict');
  expect(simulator.attributes().map(({ name }) => name)).not.toContain('spent');
});

test('a call that lacks a right is made once, since a new token has the same rights', async () => {
  const server = await startScripted(json(403, {}));
  await failureOf(readTables(server));
  await server.stop();
  expect(server.requests).toHaveLength(2); // the token and the call
});

test('a missing folder is rejected, as failures.ts says', async () => {
  const server = await connectSftp(loginOf(simulator), new AbortController().signal);
  const listing = server.names('/missing');
  await expect(listing).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
  await expect(listing).rejects.toThrow(/delivery\.directory/);
  await server.close();
});

test('an invalid private key is rejected at once and not retried for hours', async () => {
  const login = { ...loginOf(simulator), password: undefined, privateKey: 'not a key' };
  const connecting = connectSftp(login, new AbortController().signal);
  await expect(connecting).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
});

test('canceling ends the wait for a server that never answers', { timeout: 15_000 }, async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  try {
    const cancelled = new AbortController();
    const { port } = silent.address() as AddressInfo;
    const login = connectSftp({ ...loginOf(simulator), port }, cancelled.signal);
    await once(silent, 'connection');
    cancelled.abort();
    await expect(login).rejects.toMatchObject({ name: 'AbortError' });
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});

test('canceling ends an upload whose content does not arrive', { timeout: 15_000 }, async () => {
  const cancelled = new AbortController();
  const server = await connectSftp(loginOf(simulator), cancelled.signal);
  async function* content() {
    yield Buffer.alloc(100_000);
    cancelled.abort();
    await new Promise(() => {}); // the state database hangs
  }
  await expect(server.upload('/in/x', content())).rejects.toMatchObject({ name: 'AbortError' });
});
