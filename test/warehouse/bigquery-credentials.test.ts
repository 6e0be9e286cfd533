import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BigqueryOptions } from '../../warehouse/bigquery/open.ts';
import type { Timeouts } from '../../warehouse/bigquery/waits.ts';
import { failureOf } from '../support/failure-of.ts';
import { openShim } from './bigquery-place.ts';
import { readAll } from './reading.ts';
import { startBigqueryShim, type BigqueryShim } from './shims/bigquery/shim.ts';

/** What a service answers: an HTTP status and a body. */
type Answer = [status: number, body: string];

const SUBJECT = 'subject-hunter2';
const REFUSED: Answer = [400, '{"error":"invalid_grant","error_description":"hunter2 is not valid"}'];
const ONE = 'select 1 as id';

describe('the login of BigQuery', () => {
  let shim: BigqueryShim;
  let folder: string;
  let service: Server;
  let place: string;
  /** The subject tokens that were exchanged, and the headers with which the subject token was asked for. */
  let exchanged: (string | null)[];
  let askedWith: (string | undefined)[];
  let exchange: () => Answer;

  beforeEach(async () => {
    shim = await startBigqueryShim();
    folder = await mkdtemp(join(tmpdir(), 'bigquery-login-'));
    [exchanged, askedWith] = [[], []];
    exchange = () => [200, tokenAnswer(shim.accessToken())];
    service = createServer((incoming, outgoing) => {
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('end', () => {
        let [status, body]: Answer = [200, JSON.stringify({ id: SUBJECT })];
        if (incoming.url === '/token') {
          exchanged.push(new URLSearchParams(Buffer.concat(pieces).toString()).get('subject_token'));
          [status, body] = exchange();
        } else askedWith.push(incoming.headers.metadata as string | undefined);
        outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
    place = `http://127.0.0.1:${await listening(service)}`;
    // no login of this machine, and no search for a machine of Google's
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', undefined);
    vi.stubEnv('HOME', folder);
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const library of ['google-auth-library', '@google-cloud/bigquery-storage']) vi.doUnmock(library);
    service.close();
    await shim.close();
    await rm(folder, { recursive: true });
  });

  /** The JSON of workload identity. */
  const external = (source: object, token_url = `${place}/token`) =>
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/own',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url,
      credential_source: source,
    });
  const ofFile = async () => {
    const file = join(folder, 'subject');
    await writeFile(file, SUBJECT);
    return { file };
  };
  const ofUrl = () => ({
    url: `${place}/subject`,
    headers: { Metadata: 'true' },
    format: { type: 'json', subject_token_field_name: 'id' },
  });
  const read = async (text?: string, timeouts: Partial<Timeouts> = {}) => {
    const credentials = text === undefined ? undefined : { variable: 'BIGQUERY_CREDENTIALS', text };
    const options: Partial<BigqueryOptions> = { credentials };
    return (await readAll(await openShim(shim, 'rest', options, timeouts), ONE, ['id'])).lines;
  };
  /** The failure of a read; nothing of it but its words has a secret. */
  const rejection = async (...reading: Parameters<typeof read>) => {
    const error = await failureOf(read(...reading));
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/hunter2/);
    expect(error.cause).toBeUndefined();
    return error;
  };
  const isMissing = (library: string) =>
    vi.doMock(library, () => {
      throw Object.assign(new Error(`Cannot find package '${library}'`), { code: 'ERR_MODULE_NOT_FOUND' });
    });

  test('by workload identity exchanges the token of a file', async () => {
    expect(await read(external(await ofFile()))).toEqual([['1']]);
    expect(exchanged).toEqual([SUBJECT]);
  });

  test('by workload identity exchanges the token of a URL', async () => {
    expect(await read(external(ofUrl()))).toEqual([['1']]);
    expect([exchanged, askedWith]).toEqual([[SUBJECT], ['true']]);
  });

  test('by Application Default Credentials uses the file of the environment', async () => {
    const file = join(folder, 'credentials.json');
    await writeFile(file, external(await ofFile()));
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
    expect(await read()).toEqual([['1']]);
    expect(exchanged).toEqual([SUBJECT]);
  });

  test('without any credentials is refused, and says where they belong', async () => {
    const error = await rejection();
    expect(error).toMatchObject({ type: 'ConfigurationInvalid', retryable: false });
    expect(error.message).toContain('the Application Default Credentials of the worker');
  });

  test.each([
    ['refuses the token', REFUSED],
    ['answers without a token', [200, '{"expires_in":3600}'] as Answer],
  ])('is refused if the token service %s', async (_, answer) => {
    exchange = () => answer;
    const error = await rejection(external(await ofFile()));
    expect(error).toMatchObject({ type: 'ConfigurationInvalid', retryable: false });
    expect(error.message).toContain('rejected the login (google-auth-library)');
  });

  test('keeps the words of the token service for the state', async () => {
    exchange = () => REFUSED;
    expect((await rejection(external(await ofFile()))).words!.open()).toContain('invalid_grant');
  });

  test.each([500, 503, 429])('is attempted again if the token service answers %i', async (status) => {
    exchange = () => [status, '{"error":"temporarily_unavailable","error_description":"hunter2"}'];
    expect(await rejection(external(await ofFile()))).toMatchObject({
      type: 'SourceUnavailable',
      retryable: true,
    });
  });

  test('is attempted again if nothing listens at the token service', async () => {
    const text = external(await ofFile(), 'http://127.0.0.1:1/token');
    expect(await rejection(text)).toMatchObject({ type: 'SourceUnavailable', retryable: true });
  });

  test('is attempted again if the token service never answers', async () => {
    const silent = createTcp((socket) => socket.on('error', () => undefined));
    const text = external(await ofFile(), `http://127.0.0.1:${await listening(silent)}/token`);
    expect(await rejection(text, { answer: 300, cancel: 300 })).toMatchObject({ type: 'SourceUnavailable' });
    silent.close();
  });

  /** A key whose tokens come from our service. */
  const ownKey = () => JSON.stringify({ ...shim.key, token_uri: `${place}/token` });

  test.each([
    [REFUSED, 'ConfigurationInvalid', 'OAuth invalid_grant'],
    [[400, '<html>hunter2</html>'] as Answer, 'ConfigurationInvalid', 'OAuth HTTP status 400'],
    [[403, '{"error":"hunter2 Secret"}'] as Answer, 'ConfigurationInvalid', 'OAuth HTTP status 403'],
    [[200, '{"token_type":"Bearer"}'] as Answer, 'ConfigurationInvalid', 'OAuth HTTP status 200'],
    [[429, '{"error":"slow_down"}'] as Answer, 'SourceUnavailable', 'OAuth slow_down'],
    [[503, 'null'] as Answer, 'SourceUnavailable', 'OAuth HTTP status 503'],
  ])('by a key whose exchange is answered with %j is %s', async (answer, type, code) => {
    exchange = () => answer;
    const error = await rejection(ownKey());
    expect(error).toMatchObject({ type, retryable: type === 'SourceUnavailable' });
    expect(error.message).toContain(code);
  });

  test('by a key does not need google-auth-library, and rows then come by pages', async () => {
    isMissing('google-auth-library');
    const warehouse = await openShim(shim, 'storage');
    expect((await readAll(warehouse, ONE, ['id'])).lines).toEqual([['1']]);
    expect(shim.requests.map(({ method }) => method)).not.toContain('CreateReadSession');
  });

  test('rows come by pages without @google-cloud/bigquery-storage', async () => {
    isMissing('@google-cloud/bigquery-storage');
    const warehouse = await openShim(shim, 'storage');
    expect((await readAll(warehouse, ONE, ['id'])).lines).toEqual([['1']]);
    expect(shim.requests.map(({ method }) => method)).not.toContain('CreateReadSession');
  });

  test.each([
    ['by workload identity', () => external({ file: 'none' })],
    ['by Application Default Credentials', () => undefined],
  ])('%s says how to install a library that is missing', async (_, credentials) => {
    isMissing('google-auth-library');
    const error = await rejection(credentials());
    expect(error).toMatchObject({ type: 'ConfigurationInvalid', retryable: false });
    expect(error.message).toMatch(
      /driver bigquery need the package google-auth-library, .* Run npm install google-auth-library where/,
    );
  });
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function tokenAnswer(access_token: string): string {
  return JSON.stringify({
    access_token,
    issued_token_type: 'access',
    token_type: 'Bearer',
    expires_in: 3600,
  });
}
