import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openWarehouse } from '../../warehouse/open.ts';
import { temporaryLogin } from '../../warehouse/redshift/iam.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { READER, readAll } from './reading.ts';
import { startRedshiftShim, type RedshiftShim } from './shims/redshift/shim.ts';

/* The API of AWS that gives temporary passwords, as its reference describes it, and a database that accepts them. */

let database: TestDatabase;
let shim: RedshiftShim;
let answer: (body: string, response: ServerResponse) => void;
const asked: { target: string; body: string; authorization: string }[] = [];
const aws = createServer((request: IncomingMessage, response) => {
  void text(request).then((body) => {
    const { 'x-amz-target': target = '', authorization = '' } = request.headers;
    asked.push({ target: String(target), body, authorization });
    answer(body, response);
  });
});

/** The answer of a cluster, which speaks XML. */
const ofCluster = (user: string, password: string) => (body: string, response: ServerResponse) => {
  const action = new URLSearchParams(body).get('Action')!;
  response.setHeader('content-type', 'text/xml');
  response.end(`<${action}Response xmlns="http://redshift.amazonaws.com/doc/2012-12-01/">
    <${action}Result><DbUser>${user}</DbUser><DbPassword>${password}</DbPassword>
    <Expiration>2030-01-01T00:00:00Z</Expiration></${action}Result></${action}Response>`);
};
const refusal = (status: number, code: string) => (_: string, response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code>
    <Message>the secret of anna</Message></Error><RequestId>1</RequestId></ErrorResponse>`);
};

beforeAll(async () => {
  database = await freshDatabase('redshift_iam');
  shim = await startRedshiftShim({ url: database.url });
  await shim.execute(`create role "IAM:reader" login superuser password 'temporary'`);
  aws.listen(0, '127.0.0.1');
  await once(aws, 'listening');
  const url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ENDPOINT_URL_REDSHIFT', url);
  vi.stubEnv('AWS_ENDPOINT_URL_REDSHIFT_SERVERLESS', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter2');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  aws.close();
  await shim.execute('drop role "IAM:reader"');
  await shim.close();
  await database.dispose();
});
beforeEach(() => void (asked.length = 0));

const IAM = { region: 'eu-west-1', cluster: 'shop' };

function open(user: string) {
  const url = new URL(database.url);
  Object.assign(url, { port: String(shim.port), username: user, password: '' });
  const source = {
    driver: 'redshift' as const,
    connection: { env: 'URL' },
    iam: IAM,
    statementTimeout: 600_000,
  };
  return openWarehouse(source, { URL: url.href }, READER);
}

test('a segment is read with a temporary login from AWS', async () => {
  answer = ofCluster('IAM:reader', 'temporary');
  const read = await readAll(await open('reader'), 'select 7 as id', ['id']);
  expect(read.lines).toEqual([['7']]);
  const [{ body, authorization }] = asked as [(typeof asked)[0]];
  expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
    Action: 'GetClusterCredentials',
    ClusterIdentifier: 'shop',
    DbUser: 'reader',
    AutoCreate: 'false',
    DurationSeconds: '3600',
  });
  expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-west-1\/redshift\//);
});

test('a canceled read is canceled on the server with the same temporary login', async () => {
  answer = ofCluster('IAM:reader', 'temporary');
  await shim.execute('create view slow as select 1 as id from (select pg_sleep(600)) as late');
  const controller = new AbortController();
  const reading = readAll(await open('reader'), { table: 'slow' }, ['id'], controller.signal);
  const outcome = expect(reading).rejects.toThrow('enough of it');
  await until('the query runs', async () => (await shim.running()).length === 1);
  controller.abort(new Error('enough of it'));
  await outcome;
  await until('the query has ended', async () => (await shim.running()).length === 0);
});

test.each([
  ['@aws-sdk/client-redshift', IAM],
  ['@aws-sdk/client-redshift-serverless', { region: 'eu-west-1', workgroup: 'shop' }],
])('without %s, the failure says what to install', async (library, iam) => {
  onTestFinished(() => void vi.doUnmock(library));
  vi.doMock(library, () => {
    throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
  });
  await expect(temporaryLogin(iam, {})).rejects.toMatchObject({
    type: 'ConfigurationInvalid',
    message: expect.stringContaining(`npm install ${library} where`) as string,
  });
});

test('without a user in the URL, AWS derives it from the identity of the worker', async () => {
  answer = ofCluster('IAMR:worker', 'p');
  expect(await temporaryLogin(IAM, { database: 'shop' })).toEqual({ user: 'IAMR:worker', password: 'p' });
  const { Action, DbName } = Object.fromEntries(new URLSearchParams(asked[0]!.body));
  expect({ Action, DbName }).toEqual({ Action: 'GetClusterCredentialsWithIAM', DbName: 'shop' });
});

test('a serverless workgroup has an API of its own', async () => {
  answer = (_, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ dbUser: 'IAM:worker', dbPassword: 'p' }));
  };
  const iam = { region: 'eu-west-1', workgroup: 'shop' };
  expect(await temporaryLogin(iam, { database: 'dev' })).toEqual({ user: 'IAM:worker', password: 'p' });
  expect(asked[0]).toMatchObject({ target: 'RedshiftServerless.GetCredentials' });
  expect(JSON.parse(asked[0]!.body)).toEqual({ workgroupName: 'shop', dbName: 'dev', durationSeconds: 3600 });
});

test.each([
  [403, 'AccessDenied', 'ConfigurationInvalid'],
  [404, 'ClusterNotFound', 'ConfigurationInvalid'],
  [400, 'ExpiredToken', 'ConfigurationInvalid'],
  [503, 'ServiceUnavailable', 'SourceUnavailable'],
  [400, 'Throttling', 'SourceUnavailable'],
])('the answer %i %s is %s, and shows no text of AWS', async (status, code, type) => {
  answer = refusal(status, code);
  const error = await temporaryLogin(IAM, {}).catch((reason: Error) => reason as Error & { type?: string });
  expect(error).toMatchObject({ type });
  expect((error as Error).message).toContain('cluster shop in eu-west-1');
  expect((error as Error).message).not.toContain('anna');
});

test('AWS that cannot be reached is asked again later, and a worker without credentials is told', async () => {
  answer = (_, response) => response.destroy();
  await expect(temporaryLogin(IAM, {})).rejects.toMatchObject({ type: 'SourceUnavailable' });
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    const value = process.env[name]!;
    vi.stubEnv(name, undefined);
    onTestFinished(() => void vi.stubEnv(name, value));
  }
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  await expect(temporaryLogin(IAM, {})).rejects.toMatchObject({ type: 'ConfigurationInvalid' });
});

test('an answer without a password is refused', async () => {
  answer = ofCluster('IAM:reader', '');
  await expect(temporaryLogin(IAM, {})).rejects.toMatchObject({ type: 'ConfigurationInvalid' });
});

test.each([
  ['@aws-sdk/client-redshift', IAM],
  ['@aws-sdk/client-redshift-serverless', { region: 'eu-west-1', workgroup: 'shop' }],
])('without %s, the error says how to install it', async (library, iam) => {
  onTestFinished(() => void vi.doUnmock(library));
  vi.doMock(library, () => {
    throw Object.assign(new Error(`Cannot find package '${library}'`), { code: 'ERR_MODULE_NOT_FOUND' });
  });
  await expect(temporaryLogin(iam, {})).rejects.toMatchObject({
    type: 'ConfigurationInvalid',
    message: expect.stringContaining(`Run npm install ${library} where the worker is installed`) as string,
  });
});
