import { z } from 'zod';
import { expected } from '../../../contract/messages/expected.ts';
import { envReference, hostName, plainText } from '../common.ts';
import { statementTimeout } from './common.ts';

const shared = {
  account: plainText
    .describe('Account identifier, such as MYORGANIZATION-MYACCOUNT.')
    .meta({ examples: ['MYORGANIZATION-MYACCOUNT'] }),
  host: hostName
    .optional()
    .describe("Name of the server, if it is not the account's own, as with a private link.")
    .meta({ examples: ['myorganization-myaccount.privatelink.snowflakecomputing.com'] }),
  role: plainText
    .optional()
    .describe("Role of the statements, in the case that Snowflake shows; without it, the user's own.")
    .meta({ examples: ['ACTITO_SYNC'] }),
  warehouse: plainText
    .describe('Virtual warehouse that runs the statements, in the case that Snowflake shows.')
    .meta({ examples: ['REPORTING'] }),
  database: plainText
    .optional()
    .describe('Database of names without one.')
    .meta({ examples: ['SHOP'] }),
  schema: plainText
    .optional()
    .describe('Schema of names without one.')
    .meta({ examples: ['MARKETING'] }),
};

const byKey = z.strictObject({
  ...shared,
  user: plainText.describe('User with the public key.').meta({ examples: ['ACTITO_SYNC'] }),
  privateKey: envReference
    .describe("Environment variable with the user's RSA private key, in PEM.")
    .meta({ examples: [{ env: 'SNOWFLAKE_PRIVATE_KEY' }] }),
  passphrase: envReference
    .optional()
    .describe('Environment variable with the passphrase of an encrypted key.')
    .meta({ examples: [{ env: 'SNOWFLAKE_PASSPHRASE' }] }),
});

const byToken = z.strictObject({
  ...shared,
  token: envReference
    .describe('Environment variable with a programmatic access token, instead of a key.')
    .meta({ examples: [{ env: 'SNOWFLAKE_TOKEN' }] }),
});

/** Snowflake, by its SQL API. */
export const snowflakeSource = z.strictObject({
  driver: z.literal('snowflake').describe('Kind of database.'),
  connection: z
    .union([byKey, byToken], { error: expected('snowflakeConnection') })
    .describe(
      'Account, login by key or token, and what statements run with: role, warehouse, database, schema.',
    )
    .meta({
      examples: [
        {
          account: 'MYORGANIZATION-MYACCOUNT',
          user: 'ACTITO_SYNC',
          privateKey: { env: 'SNOWFLAKE_PRIVATE_KEY' },
          warehouse: 'REPORTING',
        },
      ],
    }),
  statementTimeout,
});
