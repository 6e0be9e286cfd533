import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabricks } from '../../warehouse/databricks/open.ts';
import { openSnowflake } from '../../warehouse/snowflake/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { READER, readAll } from './reading.ts';
import { startDatabricksShim } from './shims/databricks/shim.ts';
import { startSnowflakeShim } from './shims/snowflake/shim.ts';
import type { Shim } from './shims/server.ts';

const keys = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'geheim' },
  });
const { publicKey, privateKey } = keys();
const TIMEOUTS = { connect: 5_000, short: 2_000, beyond: 10_000 };
const shared = { statementTimeout: 60_000, reader: READER };

interface Service {
  start: () => Promise<Shim>;
  open: (shim: Shim, secret?: string) => Warehouse;
}

const snowflake: Service = {
  start: () =>
    startSnowflakeShim({
      login: { account: 'MYORG-SHOP', user: 'READER', publicKey, accessTokens: ['pat'] },
      partitionBytes: 100_000,
    }),
  open: ({ url: origin }, token) =>
    openSnowflake(
      {
        ...shared,
        account: 'myorg-shop',
        login: token === undefined ? { user: 'reader', privateKey, passphrase: 'geheim' } : { token },
        warehouse: 'REPORTING',
      },
      { origin, timeouts: TIMEOUTS },
    ),
};
const databricks: Service = {
  start: () => startDatabricksShim({ login: { tokens: ['pat'] }, chunkBytes: 100_000 }),
  open: ({ url: origin }, token = 'pat') =>
    openDatabricks(
      { ...shared, host: 'shop.cloud.databricks.com', login: { token }, warehouse: 'abc' },
      { origin, timeouts: TIMEOUTS },
    ),
};
const ROWS = "select id, repeat('x', 100) as padding from range(1, 20001) numbered (id)";
const COLUMNS = ['id', 'padding'];

describe.each(Object.entries({ Snowflake: snowflake, Databricks: databricks }))('%s', (name, service) => {
  let shim: Shim;
  beforeAll(async () => {
    shim = await service.start();
    if (name === 'Databricks') await shim.execute('create macro unix_micros(moment) as epoch_us(moment)');
  });
  afterAll(() => shim.close());
  beforeEach(() => shim.setFault({}));
  const read = (query = ROWS, columns = COLUMNS) => readAll(service.open(shim), query, columns);

  /** Sets the faults when the segment is described, so that they meet its rows. */
  async function readWith(faults: Parameters<Shim['setFault']>[0]): Promise<number> {
    const warehouse = service.open(shim);
    const { signal } = new AbortController();
    try {
      const segment = await warehouse.read({ segment: { query: ROWS }, columns: COLUMNS, signal });
      shim.setFault(faults);
      for await (const batch of segment.batches) expect(batch.length).toBeGreaterThan(0);
      return segment.rows();
    } finally {
      await warehouse.close();
    }
  }

  test('a result of several parts arrives whole, and is requested part by part', async () => {
    const { lines } = await read();
    expect(lines.map(([id]) => Number(id))).toEqual(Array.from({ length: 20_000 }, (_, at) => at + 1));
  });

  test('calls that the service has no time for are repeated', async () => {
    shim.setFault({ rateLimit: { times: 2, retryAfter: 0 }, unavailable: 1 });
    expect((await read('select 1 as id', ['id'])).lines).toEqual([['1']]);
  });

  test('a service that never has time is unavailable', async () => {
    shim.setFault({ rateLimit: { times: 100, retryAfter: 0 } });
    await expect(read()).rejects.toMatchObject({ type: 'SourceUnavailable', retryable: true });
  });

  test.each([false, true])(
    'a part that ends early makes the read fail (complete for HTTP: %s)',
    async (cleanly) => {
      // few bytes, because Snowflake's are compressed
      await expect(readWith({ breakOff: { afterBytes: 200, cleanly } })).rejects.toMatchObject({
        type: 'SourceUnavailable',
      });
    },
  );

  test('a service that falls silent in the middle of a part is given up', async () => {
    await expect(readWith({ holdAfter: 200 })).rejects.toMatchObject({
      type: 'SourceUnavailable',
      message: expect.stringContaining('UND_ERR_BODY_TIMEOUT') as string,
    });
    shim.setFault({});
  });

  test('a count that differs from the rows makes the read fail', async () => {
    shim.setFault({ miscount: 1 });
    await expect(read()).rejects.toMatchObject({ type: 'SourceUnavailable' });
  });

  test('a refused login is told without the secret', async () => {
    const refused = readAll(service.open(shim, 'hunter2'), 'select 1 as id', ['id']);
    const error: Error = (await refused.catch((reason: Error) => reason)) as Error;
    expect(error).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(error.message).not.toContain('hunter2');
  });

  test.each([401, 403, 404])(
    'a refusal %i that is no JSON, for instance of a wrong account, is told',
    async (status) => {
      const server = createServer((_, response) => {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<html>secret</html>');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const refused = readAll(service.open({ ...shim, url }, 'pat'), 'select 1 as id', ['id']);
      await expect(refused).rejects.toMatchObject({
        type: 'ConfigurationInvalid',
        message: expect.stringContaining(`HTTP status ${status}`) as string,
      });
    },
  );

  test('the owner of the warehouse sees who reads', async () => {
    shim.requests.length = 0;
    await read('select 1 as id', ['id']);
    const submitted = shim.requests.filter(({ method, body }) => method === 'POST' && body !== undefined);
    expect(submitted.length).toBeGreaterThan(0);
    for (const { text } of submitted) expect(text).toContain('actito-sync vip run 7');
  });

  test("the warehouse's own clock is read", async () => {
    const warehouse = service.open(shim);
    const before = Date.now();
    const now = await warehouse.clock(new AbortController().signal);
    await warehouse.close();
    expect(Math.abs(now - before)).toBeLessThan(60_000);
  });

  test(`a name that differs in case alone is found (${name})`, async () => {
    const { lines, columns } = await read('select 1 as first_name', ['First_Name']);
    expect(lines).toEqual([['1']]);
    expect(columns[0]!.name).toBe('First_Name');
  });
});

test.each<[string, () => Promise<Shim>, Service, RegExp]>([
  [
    'Snowflake',
    () =>
      startSnowflakeShim({
        login: { account: 'MYORG-SHOP', user: 'READER', publicKey },
        names: { warehouse: ['OTHER'] },
      }),
    snowflake,
    /a table or another object does not exist \(Snowflake error 002043\)\. Check the names in the query and in connection/,
  ],
  [
    'Databricks',
    () => startDatabricksShim({ login: { tokens: ['pat'] }, warehouses: ['other'] }),
    databricks,
    /rejected the settings of the connection \(Databricks NOT_FOUND\)\. Check warehouse, catalog, schema/,
  ],
])('%s: a warehouse that does not exist is reported with what to check', async (_, start, { open }, says) => {
  const shim = await start();
  onTestFinished(() => shim.close());
  await expect(readAll(open(shim), 'select 1 as id', ['id'])).rejects.toThrow(says);
});

test('Databricks: a link that is no longer valid is requested again, and the store gets no token', async () => {
  const stored: (string | undefined)[] = [];
  const link = (path: string) => ({
    external_links: [{ external_link: `${origin}${path}`, chunk_index: 0 }],
  });
  const schema = { columns: [{ name: 'id', type_name: 'INT', type_text: 'INT' }] };
  const manifest = { schema, total_chunk_count: 1, total_row_count: 1 };
  const server = createServer(({ url = '', headers }, response) => {
    if (!url.startsWith('/api')) stored.push(headers.authorization);
    if (url === '/old') response.statusCode = 403;
    const answer = { statement_id: 's', status: { state: 'SUCCEEDED' }, manifest, result: link('/old') };
    const body = url === '/new' ? [['7']] : url.endsWith('/chunks/0') ? link('/new') : answer;
    response.end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source = { ...shared, host: 'shop', login: { token: 'pat' }, warehouse: 'abc' };
  expect((await readAll(openDatabricks(source, { origin }), 'select 7 as id', ['id'])).lines).toEqual([
    ['7'],
  ]);
  expect(stored).toEqual([undefined, undefined]);
  server.close();
});

test('Snowflake: a limit of rows that the account has leaves no row of a segment out', async () => {
  const login = { account: 'MYORG-SHOP', user: 'READER', publicKey, accessTokens: ['pat'] };
  const shim = await startSnowflakeShim({ login, parameters: { ROWS_PER_RESULTSET: '5' } });
  const { rows, lines } = await readAll(snowflake.open(shim), ROWS, COLUMNS);
  await shim.close();
  expect([rows, lines.length]).toEqual([20_000, 20_000]);
});

test('Snowflake: an unusable private key is told without it', () => {
  const login = { user: 'reader', privateKey: 'hunter2' };
  const source = { ...shared, account: 'myorg-shop', login, warehouse: 'REPORTING' };
  expect(() => openSnowflake(source)).toThrow('privateKey of the warehouse');
});
