import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Failure } from '../../contract/failure.ts';
import { authorization as databricksAuthorization } from '../../warehouse/databricks/auth.ts';
import { openDatabricks } from '../../warehouse/databricks/open.ts';
import { RestClient } from '../../warehouse/rest/client.ts';
import { authorization } from '../../warehouse/snowflake/auth.ts';
import { openSnowflake } from '../../warehouse/snowflake/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { READER, readAll } from './reading.ts';
import { startDatabricksShim } from './shims/databricks/shim.ts';
import { startSnowflakeShim } from './shims/snowflake/shim.ts';

const pair = (options: { passphrase?: string } = {}) =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: {
      type: 'pkcs8',
      format: 'pem',
      cipher: options.passphrase && 'aes-256-cbc',
      ...options,
    },
  });
const { publicKey, privateKey } = pair();
const shared = { statementTimeout: 60_000, reader: READER };
const signal = new AbortController().signal;
const SEGMENT = { query: "select id, repeat('x', 100) as padding from range(1, 20001) numbered (id)" };
const MINUTE = 60_000;

/** Reads 20,000 rows; after each batch, minutes pass. */
async function readSlowly(warehouse: Warehouse, minutes: number): Promise<number> {
  const read = await warehouse.read({ segment: SEGMENT, columns: ['id', 'padding'], signal });
  let count = 0;
  for await (const batch of read.batches) {
    expect(batch.length).toBeGreaterThan(0);
    count += 1;
    vi.advanceTimersByTime(minutes * MINUTE);
  }
  await warehouse.close();
  expect(count).toBeGreaterThan(10);
  return read.rows();
}

describe('a login that ends before the read', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  test('Snowflake: another token is signed', async () => {
    const login = { account: 'MYORG-SHOP', user: 'READER', publicKey };
    const shim = await startSnowflakeShim({ login, partitionBytes: 100_000 });
    onTestFinished(() => shim.close());
    const source = {
      ...shared,
      account: 'myorg-shop',
      login: { user: 'reader', privateKey },
      warehouse: 'W',
    };
    expect(await readSlowly(openSnowflake(source, { origin: shim.url }), 4)).toBe(20_000);
    const tokens = new Set(shim.requests.map(({ headers }) => headers.authorization));
    expect(tokens.size).toBeGreaterThan(2);
    expect(tokens.size).toBeLessThan(shim.requests.length);
  });

  test('Databricks: another token is requested, and only when it is needed', async () => {
    const login = { client: { id: 'reader', secret: 'geheim' } };
    const shim = await startDatabricksShim({ login, chunkBytes: 100_000, linkLife: 86_400_000 });
    onTestFinished(() => shim.close());
    const source = {
      ...shared,
      host: 'shop.cloud.databricks.com',
      login: { clientId: 'reader', clientSecret: 'geheim' },
      warehouse: 'abc',
    };
    expect(await readSlowly(openDatabricks(source, { origin: shim.url }), 4)).toBe(20_000);
    const requested = shim.requests.filter(({ path }) => path === '/oidc/v1/token').length;
    expect(requested).toBeGreaterThan(2);
    expect(requested).toBeLessThan(10);
  });
});

describe('the tokens of Databricks', () => {
  /** Gives headers of a service that answers requests for tokens in this way; `requested` counts them. */
  async function authorized(answer: (response: ServerResponse) => void) {
    let requested = 0;
    const server = createServer((_, response) => {
      requested += 1;
      answer(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new RestClient('shop', { origin });
    onTestFinished(async () => {
      await client.close();
      server.close();
    });
    const headers = databricksAuthorization(client, { clientId: 'reader', clientSecret: 'geheim' });
    return { headers, requested: () => requested };
  }
  const token = (expires_in: number) => (response: ServerResponse) =>
    void response.end(JSON.stringify({ access_token: 't', expires_in }));

  test('are requested one at a time: calls meanwhile wait for the same one', async () => {
    const { headers, requested } = await authorized(token(3_600));
    const all = await Promise.all([headers(), headers(), headers()]);
    expect(all).toEqual(Array(3).fill({ authorization: 'Bearer t' }));
    expect(requested()).toBe(1);
  });

  test('that live for less than ten minutes are used for half of their life', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { headers, requested } = await authorized(token(300));
    await headers();
    vi.advanceTimersByTime(149_000);
    await headers();
    expect(requested()).toBe(1);
    vi.advanceTimersByTime(2_000);
    await headers();
    expect(requested()).toBe(2);
  });

  test.each([{}, { access_token: 't' }, { access_token: '', expires_in: null }])(
    'are none in the answer %j, which cannot be read',
    async (body) => {
      const { headers } = await authorized((response) => void response.end(JSON.stringify(body)));
      await expect(headers()).rejects.toMatchObject({
        type: 'SourceUnavailable',
        message: expect.stringContaining('Expected: JSON with access_token') as string,
      });
    },
  );

  test('are requested again after a request that failed', async () => {
    const answers = [(response: ServerResponse) => void response.destroy(), token(3_600)];
    const { headers } = await authorized((response) => answers.shift()!(response));
    await expect(headers()).rejects.toThrow();
    expect(await headers()).toEqual({ authorization: 'Bearer t' });
  });
});

test('Databricks: a refused secret is told without it', async () => {
  const shim = await startDatabricksShim({ login: { client: { id: 'reader', secret: 'geheim' } } });
  onTestFinished(() => shim.close());
  const source = {
    ...shared,
    host: 'shop.cloud.databricks.com',
    login: { clientId: 'reader', clientSecret: 'hunter2' },
    warehouse: 'abc',
  };
  const refused = readAll(openDatabricks(source, { origin: shim.url }), 'select 1 as id', ['id']);
  const error = await refused.then(
    () => expect.fail('the read should have failed'),
    (reason: Failure) => reason,
  );
  expect(error.type).toBe('ConfigurationInvalid');
  expect(error.message).toBe(
    'The warehouse (shop.cloud.databricks.com) rejected the login (HTTP status 401). Check host, clientId, clientSecret.',
  );
});

describe('the token of Snowflake', () => {
  const claimsOf = (headers: Record<string, string>) => {
    const [, payload] = headers.authorization!.split('.');
    return JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Record<string, string & number>;
  };

  test.each([
    ['MYORG-SHOP', 'MYORG-SHOP'],
    ['myorg-shop', 'MYORG-SHOP'],
    ['xy12345.eu-central-1', 'XY12345'],
  ])('of the account %s is for %s, and lives for less than an hour', (account, name) => {
    const headers = authorization(account, 'host', { user: 'reader', privateKey })();
    expect(headers['x-snowflake-authorization-token-type']).toBe('KEYPAIR_JWT');
    const { iss, sub, iat, exp } = claimsOf(headers);
    expect(sub).toBe(`${name}.READER`);
    expect(iss).toMatch(new RegExp(`^${name}\\.READER\\.SHA256:[A-Za-z0-9+/]{43}=$`));
    expect(exp! - iat!).toBeLessThan(3_600);
  });

  test('is not signed by another key than RSA, or with a wrong passphrase', () => {
    const ec = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey;
    const encrypted = pair({ passphrase: 'geheim' }).privateKey;
    for (const login of [
      { user: 'u', privateKey: ec },
      { user: 'u', privateKey: encrypted },
      { user: 'u', privateKey: encrypted, passphrase: 'hunter2' },
    ])
      expect(() => authorization('a', 'host', login)).toThrow(
        'privateKey of the warehouse (host) cannot be used; it must be an RSA private key in PEM',
      );
  });
});
