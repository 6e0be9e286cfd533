import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { sourceSchema } from '../../activation/definition/source.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import { READER } from './reading.ts';

const SECRET = { env: 'SHOP_SECRET' };
const SOURCES = [
  ['connection', { driver: 'mysql', connection: SECRET }],
  ['connection.token', { driver: 'duckdb', connection: { motherduck: 'shop', token: SECRET } }],
  [
    'connection.privateKey',
    { driver: 'snowflake', connection: { account: 'A-B', user: 'U', privateKey: SECRET, warehouse: 'W' } },
  ],
  [
    'connection.clientSecret',
    {
      driver: 'databricks',
      connection: { host: 'a.example', warehouse: 'W', clientId: 'C', clientSecret: SECRET },
    },
  ],
  ['connection.credentials', { driver: 'bigquery', connection: { project: 'shop', credentials: SECRET } }],
  [
    'connection.password',
    { driver: 'sqlserver', connection: { host: 'a.example', database: 'shop', user: 'u', password: SECRET } },
  ],
] as const;

it.each(SOURCES)('a missing variable is named with its setting, %s', async (setting, source) => {
  const open = (env: NodeJS.ProcessEnv) => openWarehouse(sourceSchema.parse(source), env, READER);
  const says = (what: string) => ({
    type: 'ConfigurationInvalid',
    message: `The environment variable SHOP_SECRET (for ${setting}) is ${what}. Set it in the environment of the worker.`,
  });
  await expect(open({})).rejects.toMatchObject(says('not set'));
  await expect(open({ SHOP_SECRET: ' \n' })).rejects.toMatchObject(says('empty'));
});

it('line breaks of a private key can be written as \\n', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const [, snowflake] = SOURCES[2];
  const env = { SHOP_SECRET: privateKey.replaceAll('\n', '\\n') };
  const warehouse = await openWarehouse(sourceSchema.parse(snowflake), env, READER);
  await warehouse.close();
});
