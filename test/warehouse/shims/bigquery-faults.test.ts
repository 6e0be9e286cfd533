import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { published } from '../published/fixture.ts';
import { Calls, type Answer } from './bigquery/calls.ts';
import { startBigqueryShim, type BigqueryShim } from './bigquery/shim.ts';

const rows = (n: number) => `select id from unnest(generate_array(1, ${n})) as id`;

describe("BigQuery's shim: faults and access", () => {
  let shim: BigqueryShim;
  let calls: Calls;
  beforeEach(async () => {
    shim = await startBigqueryShim({ pageRows: 100, location: 'europe-west1' });
    calls = new Calls(shim);
  });
  afterEach(() => shim.close());

  const inserted = async (query: string) => {
    const { json } = await calls.insert(query);
    return `queries/${json.jobReference.jobId}?location=europe-west1`;
  };

  test('outside of US and EU, a job without its location is not found', async () => {
    const path = await inserted(rows(1));
    expect((await calls.call(path.split('?')[0]!)).json.error).toMatchObject({ code: 404 });
    expect((await calls.call(path)).status).toBe(200);
  });

  test('a rate limit comes once, with the time to wait', async () => {
    shim.setFault({ httpOnce: { status: 429, retryAfter: 2 } });
    const limited = await calls.insert(rows(1));
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    // The members of the published example are those of each error.
    const { error } = published<Answer>('bigquery/quota-error').body;
    expect(Object.keys(limited.json.error!)).toEqual(expect.arrayContaining(Object.keys(error!)));
    expect((await calls.insert(rows(1))).status).toBe(200);
  });

  test('a server that is unavailable is so once', async () => {
    shim.setFault({ httpOnce: { status: 503 } });
    expect((await calls.insert(rows(1))).json.error!.errors[0]).toMatchObject({ reason: 'backendError' });
    expect((await calls.insert(rows(1))).status).toBe(200);
  });

  test('a value error at row n fails queries with that many rows, and leaves no rows to read', async () => {
    shim.setFault({ valueErrorAtRow: 50 });
    const failed = await calls.call(await inserted(rows(50)));
    expect(failed.status).toBe(400);
    expect(failed.json).not.toHaveProperty('rows');
    expect((await calls.call(await inserted(rows(49)))).json.totalRows).toBe('49');
  });

  test('a real value error fails the job, not its insertion', async () => {
    const answer = await calls.call(await inserted(`select cast('x' as int64) as id`));
    expect(answer.json.error).toMatchObject({ code: 400, message: 'Bad int64 value: x' });
  });

  test('a connection that is cut breaks off a page in its middle, once', async () => {
    const path = await inserted(rows(250));
    shim.setFault({ cutAfterRows: 150 });
    const first = await calls.call(path);
    const second = `${path}&pageToken=${first.json.pageToken}`;
    await expect(calls.call(second)).rejects.toThrow(/terminated|fetch failed/);
    expect((await calls.call(second)).json.rows).toHaveLength(100);
  });

  test('totalRows differs from the rows that are sent', async () => {
    shim.setFault({ totalRowsDelta: 1 });
    const answer = await calls.call(await inserted(rows(10)));
    expect([answer.json.totalRows, answer.json.rows!.length]).toEqual(['11', 10]);
  });

  test('a page token expires once, and a token of another job is refused', async () => {
    const path = await inserted(rows(250));
    const { pageToken } = (await calls.call(path)).json;
    shim.setFault({ expiredPageToken: true });
    const refused = await calls.call(`${path}&pageToken=${pageToken}`);
    expect(refused.json.error).toMatchObject({ code: 400, errors: [{ reason: 'invalid' }] });
    expect((await calls.call(`${path}&pageToken=${pageToken}`)).status).toBe(200);
    expect((await calls.call(`${await inserted(rows(250))}&pageToken=${pageToken}`)).status).toBe(400);
  });

  test('a slow query runs until it is canceled', async () => {
    shim.setFault({ slowMs: 600_000 });
    const path = await inserted(rows(1));
    expect((await calls.call(`${path}&timeoutMs=0`)).json.jobComplete).toBe(false);
    await calls.call(path.replace('queries', 'jobs').replace('?', '/cancel?'), {});
    expect((await calls.call(path)).status).toBe(499);
    expect(shim.running()).toBe(0);
  });

  test('cutting all connections ends the calls that wait', async () => {
    shim.setFault({ slowMs: 600_000 });
    const path = await inserted(rows(1));
    const waiting = calls.call(`${path}&timeoutMs=60000`);
    const ended = expect(waiting).rejects.toThrow('fetch failed');
    await expect.poll(() => shim.requests.at(-1)?.path).toContain('/queries/');
    shim.cutConnections();
    await ended;
  });

  test("a service account's JWT gets a token, which works until it expires", async () => {
    const { access_token } = (await exchange(claimsOf(), shim.key.private_key)) as { access_token: string };
    calls.token = access_token;
    expect((await calls.insert(rows(1))).status).toBe(200);
    shim.setFault({ expiredAccessToken: true });
    const { status, json } = await calls.insert(rows(1));
    expect([status, json.error!.status]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('a JWT of another key, account, audience or time gets no token', async () => {
    const claims = claimsOf();
    const now = claims.iat;
    const { body: answer } = published<object>('bigquery/token');
    const good = await exchange(claims, shim.key.private_key);
    expect(Object.keys({ ...good, scope: '' }).sort()).toEqual(Object.keys(answer).sort());
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pem = other.export({ type: 'pkcs8', format: 'pem' }) as string;
    expect(await exchange(claims, pem)).toMatchObject({ error: 'invalid_grant' });
    for (const wrong of [{ iss: 'x' }, { aud: 'x' }, { exp: now - 1 }, { exp: now + 7200 }, { scope: 'x' }]) {
      expect(await exchange({ ...claims, ...wrong }, shim.key.private_key)).toMatchObject({
        error: 'invalid_grant',
      });
    }
  });

  function claimsOf() {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: shim.key.client_email,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: shim.key.token_uri,
      iat: now,
      exp: now + 3600,
    };
  }

  async function exchange(claims: object, key: string): Promise<object> {
    const encoded = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signature = createSign('RSA-SHA256').update(encoded.join('.')).sign(key).toString('base64url');
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: [...encoded, signature].join('.'),
    });
    return (await (await fetch(shim.key.token_uri, { method: 'POST', body })).json()) as object;
  }
});
