import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { sourceSchema } from '../../activation/definition/source.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import { failureOf } from '../support/failure-of.ts';
import { READER } from './reading.ts';

const env = { env: 'MISSING' };
const SNOWFLAKE = { account: 'MYORG-SHOP', warehouse: 'REPORTING' };
const DATABRICKS = { host: 'shop.cloud.databricks.com', warehouse: 'abc' };

test.each<[string, string, unknown]>([
  ['postgres', 'connection', env],
  ['redshift', 'connection', env],
  ['mysql', 'connection', env],
  ['clickhouse', 'connection', env],
  ['trino', 'connection', env],
  ['sqlserver', 'connection.password', { host: 'db', database: 'shop', user: 'u', password: env }],
  ['snowflake', 'connection.privateKey', { ...SNOWFLAKE, user: 'u', privateKey: env }],
  [
    'snowflake',
    'connection.passphrase',
    { ...SNOWFLAKE, user: 'u', privateKey: { env: 'KEY' }, passphrase: env },
  ],
  ['snowflake', 'connection.token', { ...SNOWFLAKE, token: env }],
  ['databricks', 'connection.clientSecret', { ...DATABRICKS, clientId: 'c', clientSecret: env }],
  ['databricks', 'connection.token', { ...DATABRICKS, token: env }],
  ['duckdb', 'connection.token', { motherduck: 'shop', token: env }],
  ['bigquery', 'connection.credentials', { project: 'my-company-prod', credentials: env }],
])('a missing secret of %s is reported with its setting: %s', async (driver, setting, connection) => {
  const source = sourceSchema.parse({
    driver,
    connection,
    ...(driver === 'bigquery' && { maximumBytesBilled: '10 GB' }),
  });
  for (const [value, fault] of [
    [undefined, 'not set'],
    ['', 'empty'],
  ]) {
    const error = await failureOf(openWarehouse(source, { MISSING: value, KEY: 'a key' }, READER));
    expect(error.type).toBe('ConfigurationInvalid');
    expect(error.message).toBe(
      `The environment variable MISSING (for ${setting}) is ${fault}. Set it in the environment of the worker.`,
    );
  }
});

test('line breaks of a private key can be written as \\n', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const connection = { ...SNOWFLAKE, user: 'u', privateKey: { env: 'KEY' } };
  const source = sourceSchema.parse({ driver: 'snowflake', connection });
  const warehouse = await openWarehouse(source, { KEY: privateKey.replaceAll('\n', '\\n') }, READER);
  await warehouse.close();
});
