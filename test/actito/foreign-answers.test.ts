import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { createdBody, profileTablesBody } from '../../actito/contract.ts';
import { clientFor, failureOf, json, startScripted, text, TOKEN, type ScriptedServer } from './support.ts';

/* A gateway, a proxy or a maintenance page answers instead of Actito. */

let server: ScriptedServer;
afterEach(() => server.stop());

type Script = Parameters<typeof startScripted>[0];
const TABLES = { route: 'profileTables', parts: { entity: 'shop' } } as const;
async function ask(script: Script, token?: Script) {
  server = await startScripted(script, token);
  const client = clientFor(server, { timeouts: { silence: 150 } });
  return client.call(TABLES, profileTablesBody);
}

describe('an answer that is not from the API', () => {
  const PAGE = '<!DOCTYPE html>\n<title>anna@shop.be</title>';
  test.each([
    ['by its type', text(200, 'Sorry', 'text/html; charset=utf-8')],
    ['by its beginning', text(200, `\uFEFF ${PAGE}`, 'application/json')],
  ])('a page of HTML is recognized %s, and may be retried', async (_, script) => {
    const failure = await failureOf(ask(script));
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true, notDone: false });
    expect(failure.told.reason).toBe('answerIsPage');
    expect(failure.message).not.toContain('anna');
  });

  test('a page of HTML instead of a token is reported as one', async () => {
    const failure = await failureOf(ask(json(200, []), text(200, PAGE, 'text/html')));
    expect(failure).toMatchObject({ told: { reason: 'answerIsPage' }, notDone: true });
  });

  test.each([403, 404, 503])('a page of HTML with status %i is reported as one', async (status) => {
    const { told } = await failureOf(ask(text(status, PAGE, 'text/html')));
    expect(told).toMatchObject({ facts: { status, page: true } });
    expect(told.message).toContain('HTML page');
    expect(told.message).not.toContain('anna');
  });

  test.each([
    ['{"profileTables":[{"id":"1","na', { type: 'application/json', cut: true }],
    ['', { type: 'application/json' }],
    ['Internal error', { type: 'application/json' }],
  ])('text that is not JSON is reported without its content: %j', async (body, facts) => {
    const failure = await failureOf(ask(text(200, body, 'application/json')));
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', told: { reason: 'answerNotJson', facts } });
  });

  test('JSON with another content type is accepted, since gateways change it', async () => {
    expect(await ask(text(200, '[{"id":"16","name":"Profiles"}]', 'text/plain'))).toHaveLength(1);
  });

  test('an answer that is wrongly marked as packed is reported as damaged', async () => {
    const failure = await failureOf(
      ask((_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
        response.end('[{"id":"16","name":"Profiles"}]');
      }),
    );
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', told: { reason: 'answerDamaged' } });
  });
});

describe('a redirection', () => {
  const to =
    (status: number, location: string): Script =>
    (_, response) =>
      void response.writeHead(status, { Location: location }).end(`see ${TOKEN}`);

  test.each([
    [301, 'ActitoRefused', false],
    [302, 'ActitoUnavailable', false],
    [303, 'ActitoUnavailable', false],
    [307, 'ActitoUnavailable', true],
    [308, 'ActitoRefused', true],
  ])('%i is not followed: %s', async (status, type, notDone) => {
    const elsewhere = await startScripted(json(200, []));
    const failure = await failureOf(ask(to(status, `${elsewhere.apiUrl}/path?who=anna@shop.be`)));
    await elsewhere.stop();
    expect(elsewhere.requests).toEqual([]);
    expect(failure).toMatchObject({ type, notDone });
    expect(failure.message).toContain(`(${status})`);
    expect(JSON.stringify(failure.told)).not.toMatch(/anna|path|127\.0\.0\.1/);
  });

  test('of the token request is not followed either, since the API key would be sent to its target', async () => {
    const elsewhere = await startScripted(json(200, {}));
    const failure = await failureOf(ask(json(200, []), to(308, elsewhere.apiUrl)));
    await elsewhere.stop();
    expect(elsewhere.requests).toEqual([]);
    expect(failure.told).toMatchObject({ reason: 'actitoMoved', facts: { call: 'GET token' } });
  });
});

describe('silence', () => {
  test('within an answer ends the call before its timeout', async () => {
    const failure = await failureOf(
      ask((_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write('[');
      }),
    );
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', told: { reason: 'actitoStalled' } });
  });

  test('of a server that accepts no more of a file ends the call', async () => {
    server = await startScripted((request) => void request.pause());
    const client = clientFor(server, { timeouts: { silence: 150 } });
    let ended = false;
    async function* file() {
      try {
        for (;;) yield Buffer.alloc(256 * 1024);
      } finally {
        ended = true;
      }
    }
    const sending = client.call(
      {
        method: 'POST',
        route: 'executions',
        parts: { entity: 'shop' },
        stream: () => ({ headers: {}, body: Readable.from(file()) }),
      },
      createdBody,
    );
    const failure = await failureOf(sending);
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', notDone: false });
    expect(failure.told.reason).toBe('actitoStalled');
    await expect.poll(() => ended).toBe(true);
  });
});
