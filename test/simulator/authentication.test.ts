import { request } from 'node:http';
import { expect, test } from 'vitest';
import {
  caller,
  connect,
  EXECUTIONS,
  LISTS,
  simulatorForTests,
  STRUCTURE,
  token,
  until,
  someText,
} from './support.ts';

const simulator = simulatorForTests();
const ENTITIES = '/entities/v5/entities';

test('the raw API key gives a bearer token of 900 seconds', async () => {
  const response = await fetch(`${simulator().apiUrl}/auth/token`, {
    headers: { authorization: simulator().apiKey },
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    accessToken: someText,
    tokenType: 'bearer',
    expiresIn: '900s',
    scope: someText,
    jti: someText,
  });
});

test('any other key is rejected, including one with a scheme in front', async () => {
  for (const authorization of ['wrong', `Bearer ${simulator().apiKey}`, '']) {
    const response = await fetch(`${simulator().apiUrl}/auth/token`, { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: someText });
  }
});

test('a token is valid for all routes until 900 seconds have passed', async () => {
  const call = await connect(simulator());
  simulator().advanceClock(898_000);
  expect((await call('GET', ENTITIES)).status).toBe(200);
  simulator().advanceClock(2_000);
  expect((await call('GET', ENTITIES)).status).toBe(401);
  expect((await (await connect(simulator()))('GET', ENTITIES)).status).toBe(200);
});

test('an unknown token is rejected on every path, even on unknown ones', async () => {
  const call = await caller(simulator(), 'unknown');
  for (const path of [ENTITIES, STRUCTURE, LISTS, `${EXECUTIONS}/1`, '/nowhere']) {
    expect((await call('GET', path)).status).toBe(401);
  }
});

test('the entity is listed for the connection test', async () => {
  const { json } = await (await connect(simulator()))('GET', ENTITIES);
  expect(json).toEqual({ entities: [{ id: '1', name: 'shop', comment: someText }] });
});

test('unknown paths, entities, tables and ids are answered 404', async () => {
  const call = await connect(simulator());
  const paths = [
    '/nowhere',
    `${ENTITIES}/`,
    STRUCTURE.replace('shop', 'other'),
    `${STRUCTURE}/Profiles`,
    `${STRUCTURE}/17`,
    LISTS.replace('/16/', '/17/'),
    `${LISTS}/1`,
    `${EXECUTIONS}/1`,
    `${EXECUTIONS}/1/result`,
    `${EXECUTIONS}/1/result-file`,
  ];
  for (const path of paths) expect((await call('GET', path)).status, path).toBe(404);
});

test('another method is answered 405 with the allowed ones', async () => {
  const reply = await (await connect(simulator()))('DELETE', LISTS);
  expect(reply.status).toBe(405);
  expect(reply.headers.get('allow')).toBe('GET, POST');
});

test('an Accept that excludes JSON is answered 406', async () => {
  const call = await connect(simulator());
  const status = async (accept: string) => (await call('GET', ENTITIES, undefined, { accept })).status;
  expect(await status('text/html')).toBe(406);
  expect(await status('application/json;q=0, text/html')).toBe(406);
  expect(await status('application/json')).toBe(200);
  expect(await status('text/html, */*;q=0.1')).toBe(200);
});

test('a path that is not properly encoded is answered 400', async () => {
  expect((await (await connect(simulator()))('GET', `${LISTS}/%ff`)).status).toBe(400);
});

test('the sixth concurrent request is rejected at once, and a slot is free again after an answer', async () => {
  const call = await connect(simulator());
  const posts = await Promise.all(
    [1, 2, 3, 4, 5].map(() => openPost(simulator().apiUrl, EXECUTIONS, simulator())),
  );
  await until(() => simulator().calls()[`POST ${EXECUTIONS.replace('shop', '{entity}')}`] === 5);
  expect((await call('GET', ENTITIES)).status).toBe(429);
  expect(await Promise.all(posts.map((post) => post.finish()))).toEqual([400, 400, 400, 400, 400]);
  expect((await call('GET', ENTITIES)).status).toBe(200);
});

/** A POST whose body stays open until `finish`, which returns the status. */
async function openPost(apiUrl: string, path: string, of: ReturnType<typeof simulator>) {
  const headers = {
    authorization: `Bearer ${await token(of)}`,
    'content-type': 'multipart/form-data; boundary=x',
  };
  const post = request(apiUrl + path, { method: 'POST', headers });
  post.write('--x\r\n');
  return {
    finish: () =>
      new Promise<number>((resolve, reject) => {
        post.on('response', (response) => {
          response.resume();
          resolve(response.statusCode!);
        });
        post.on('error', reject);
        post.end();
      }),
  };
}
