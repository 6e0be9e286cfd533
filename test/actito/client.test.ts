import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { failureOfError } from '../../actito/api/failures.ts';
import { addAttribute, createdBody, profileTablesBody } from '../../actito/contract.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { until } from '../setup/until.ts';
import { clientFor, failureOf, json, startScripted, text, TOKEN, type ScriptedServer } from './support.ts';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ pollInterval: 3_600_000 });
});
afterEach(() => simulator.stop());

const STRUCTURE = '/profile-table-structure';
const readTables = (client: ReturnType<typeof clientFor>, entity = 'shop') =>
  client.call({ route: 'profileTables', parts: { entity } }, profileTablesBody);
const tokensAsked = () => simulator.calls()['GET /auth/token'];
const tablesAsked = () =>
  simulator.calls()['GET /profile-table-structure/v5/entities/{entity}/profile-tables'];

describe('the token', () => {
  test('is fetched once for many calls, and shared by all clients of the license', async () => {
    for (const client of [clientFor(simulator), clientFor(simulator)]) {
      for (let i = 0; i < 3; i++) await readTables(client);
    }
    expect([tokensAsked(), tablesAsked()]).toEqual([1, 6]);
  });

  test('is renewed when Actito no longer knows it, and the call succeeds', async () => {
    const client = clientFor(simulator);
    await readTables(client);
    simulator.setFault('unauthorized', { times: 1, route: STRUCTURE });
    expect(await readTables(client)).toMatchObject([{ name: 'Profiles' }]);
    expect([tokensAsked(), tablesAsked()]).toEqual([2, 3]);
  });

  test('is renewed after it expired', async () => {
    const client = clientFor(simulator);
    await readTables(client);
    simulator.advanceClock(16 * 60_000);
    await readTables(client);
    expect(tokensAsked()).toBe(2);
  });

  test('is kept when the clock of this machine is changed in the meantime', async () => {
    const server = await startScripted(json(200, []));
    onTestFinished(() => server.stop());
    onTestFinished(() => void vi.useRealTimers());
    const client = clientFor(server);
    for (const hours of [0, 1, -1]) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
      await readTables(client).catch(() => undefined);
      vi.useRealTimers();
    }
    expect(server.requests.filter((request) => request === 'GET /auth/token')).toHaveLength(1);
  });

  test('is renewed only once: a client does not ask forever if the license rejects every token', async () => {
    simulator.setFault('unauthorized', { route: STRUCTURE });
    const failure = await failureOf(readTables(clientFor(simulator)));
    expect(failure).toMatchObject({ type: 'ActitoUnauthorized', retryable: false, notDone: true });
    expect(tablesAsked()).toBe(2);
  });

  test('is not issued for a wrong key; the failure says what to check and never shows the key', async () => {
    const failure = await failureOf(readTables(clientFor({ ...simulator, apiKey: 'a-wrong-key' })));
    expect(failure).toMatchObject({ type: 'ActitoUnauthorized', retryable: false });
    expect(failure.message).toContain('Check the API key');
    expect(failure.message).not.toContain('a-wrong-key');
    expect([tokensAsked(), tablesAsked()]).toEqual([1, undefined]);
  });

  test('is fetched below the path of the base URL, like all other resources', async () => {
    const server = await startScripted((request, answer) =>
      json(200, request.url!.endsWith('/auth/token') ? { accessToken: TOKEN } : [])(request, answer),
    );
    await readTables(clientFor({ ...server, apiUrl: `${server.apiUrl}/proxy/` })).catch(() => undefined);
    await server.stop();
    expect(server.requests).toEqual([
      'GET /proxy/auth/token',
      expect.stringMatching(/^GET \/proxy\/profile-table-structure\//),
    ]);
  });

  test('uses a slot like every other call, and no call holds two', async () => {
    let held = 0;
    let most = 0;
    let calls = 0;
    const withSlot = async <T>(call: () => Promise<T>) => {
      most = Math.max(most, ++held);
      calls++;
      return call().finally(() => held--);
    };
    await readTables(clientFor(simulator, { withSlot }));
    expect({ calls, most, held }).toEqual({ calls: 2, most: 1, held: 0 });
  });
});

describe('an answer that is not 2xx', () => {
  test('404 is not retried, and says what to check', async () => {
    const failure = await failureOf(readTables(clientFor(simulator), 'nobody'));
    expect(failure).toMatchObject({ type: 'ActitoRefused', retryable: false, notDone: true });
    expect(failure.message).toContain('Check the names of the entity and the profile table');
  });

  test('429 did nothing and may be retried, with growing backoff', async () => {
    simulator.setFault('tooManyRequests', { route: STRUCTURE });
    const failure = await failureOf(readTables(clientFor(simulator)));
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true, notDone: true });
    expect(failure.retryAfter).toBeUndefined(); // the retry policy must keep its growing backoff
  });

  test('5xx may be retried, and may have done its work', async () => {
    simulator.setFault('serverError', { route: STRUCTURE });
    const failure = await failureOf(readTables(clientFor(simulator)));
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true, notDone: false });
    expect(failure.message).toContain('500');
  });
});

describe('no answer', () => {
  test('a refused connection may be retried, and did nothing', async () => {
    const failure = await failureOf(readTables(clientFor({ apiUrl: 'http://127.0.0.1:9', apiKey: 'k' })));
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true });
    await simulator.stop();
    const gone = await failureOf(readTables(clientFor(simulator)));
    expect(gone).toMatchObject({ type: 'ActitoUnavailable', notDone: true });
    expect(gone.message).toContain('ECONNREFUSED');
  });

  test('a lost answer may be retried, and may have done its work', async () => {
    simulator.setFault('lostAnswer', {});
    const request = { method: 'POST', route: 'changeRequests' } as const;
    const call = clientFor(simulator).call(
      {
        ...request,
        parts: { entity: 'shop', table: '16' },
        json: addAttribute('spent', 'NUMBER', undefined),
      },
      createdBody,
    );
    expect(await failureOf(call)).toMatchObject({ type: 'ActitoUnavailable', notDone: false });
    expect(simulator.attributes()).toContainEqual(expect.objectContaining({ name: 'spent' }));
  });

  test('a timeout is reported with the call and its limit', async () => {
    simulator.setFault('slow', { milliseconds: 60_000, times: 1 });
    const error: unknown = await fetch(`${simulator.apiUrl}/auth/token`, {
      signal: AbortSignal.timeout(10),
    }).catch((reason: unknown) => reason);
    const failure = failureOfError('GET token', error, { timeout: 60_000, silence: 60_000 });
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true, notDone: false });
    expect((failure as Error).message).toBe('Actito did not respond to GET token within 60 s.');
  });

  test('canceling ends a call that waits for its answer', async () => {
    const cancelled = new AbortController();
    simulator.setFault('slow', { milliseconds: 600_000 });
    const call = readTables(clientFor(simulator, { signal: cancelled.signal }));
    call.catch(() => undefined); // checked below
    await until('the call is running', async () => simulator.faults().slow?.struck === 1);
    cancelled.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('an unexpected answer', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());
  const ask = (script: Parameters<typeof startScripted>[0], token?: typeof script) =>
    startScripted(script, token).then((started) => {
      server = started;
      return failureOf(readTables(clientFor(server)));
    });

  test('in JSON of another shape is rejected, with the wrong fields', async () => {
    const failure = await ask(json(200, { profileTables: [{ id: '1', name: 7 }] }));
    expect(failure).toMatchObject({ type: 'ActitoRefused', retryable: false });
    expect(failure.message).toContain('unexpected structure');
    expect(failure.message).toContain('docs/actito-contract.md');
  });

  test('that is not JSON may come from a gateway: it is retried and not quoted', async () => {
    const failure = await ask(text(200, '<html>anna@shop.be</html>'));
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true });
    expect(failure.message).not.toContain('anna');
  });

  test.each([
    ['without a token', { token: 'x' }],
    ['with a token that no header can contain', { accessToken: 'abc\ndef' }],
    ['with an empty token', { accessToken: '' }],
  ])('to the token request %s is rejected', async (_, body) => {
    const failure = await ask(json(200, []), json(200, body));
    expect(failure).toMatchObject({ type: 'ActitoRefused' });
    expect(failure.message).toContain('accessToken');
    expect(failure.message).not.toContain('abc');
    expect(server.requests).toEqual(['GET /auth/token']);
  });

  test('that is a redirection is not followed, since the key would be sent to the target', async () => {
    const failure = await ask((_, response) => response.writeHead(302, { Location: '/elsewhere' }).end());
    expect(failure.type).toBe('ActitoUnavailable');
    expect(server.requests).not.toContain('GET /elsewhere');
  });

  test('that breaks off may be retried', async () => {
    const failure = await ask((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
      response.write('{"profileTables":');
      setImmediate(() => response.destroy());
    });
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true });
  });

  test.each([400, 405, 406])('with status %i is not retried unchanged', async (status) => {
    const failure = await ask(json(status, { message: 'The name is too long.' }));
    expect(failure).toMatchObject({ type: 'ActitoRefused', retryable: false, notDone: true });
    expect(failure.message).toContain(`${status} to GET profileTables. The request is not valid`);
    expect(failure.words?.open()).toBe('The name is too long.');
  });

  test('with status 403 is not retried, and the error mentions rights', async () => {
    const failure = await ask(json(403, {}));
    expect(failure).toMatchObject({ type: 'ActitoUnauthorized', retryable: false });
    expect(failure.message).toContain('lacks the permission');
  });

  test.each([
    ['JSON', json(400, { message: 'Profile anna.b@shop.be (+32470123456) is invalid' })],
    ['text', text(400, 'Profile "anna.b@shop.be", 32470123456: invalid')],
    ['another shape', json(400, { errors: [{ value: 'anna.b@shop.be', phone: '0470123456' }] })],
  ])('never shows a person in the error, whatever Actito says (%s)', async (_, script) => {
    const { message } = await ask(script);
    expect(message).toContain('400');
    expect(message).not.toMatch(/anna|shop\.be|0?470123456/);
    expect(message).not.toContain(TOKEN);
  });

  test('is shortened in the error: a page of HTML does not fill the log', async () => {
    const { message } = await ask(text(400, '<p>very long</p>'.repeat(10_000)));
    expect(message.length).toBeLessThan(600);
  });
});
