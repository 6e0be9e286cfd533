import { z } from 'zod';
import { expected } from '../../../contract/messages/expected.ts';
import { envReference, hostName, plainText } from '../common.ts';
import { driverSource, type DriverInfo } from './common.ts';

const info: DriverInfo = { section: 'snowflake', connection: ['user', 'privateKey', 'database', 'schema'] };

/** Snowflake, by its SQL API. */
export const snowflakeSource = driverSource('snowflake', info, {
  connection: z
    .strictObject({
      account: plainText
        .describe('Account identifier, such as MYORGANIZATION-MYACCOUNT.')
        .meta({ examples: ['MYORGANIZATION-MYACCOUNT'] }),
      host: hostName
        .optional()
        .describe("Name of the server, if it is not the account's own, as with a private link.")
        .meta({ examples: ['myorganization-myaccount.privatelink.snowflakecomputing.com'] }),
      user: plainText
        .optional()
        .describe('User with the public key.')
        .meta({ examples: ['ACTITO_SYNC'] }),
      privateKey: envReference
        .optional()
        .describe("Environment variable with the user's RSA private key, in PEM.")
        .meta({ examples: [{ env: 'SNOWFLAKE_PRIVATE_KEY' }] }),
      passphrase: envReference
        .optional()
        .describe('Environment variable with the passphrase of an encrypted key.')
        .meta({ examples: [{ env: 'SNOWFLAKE_PASSPHRASE' }] }),
      token: envReference
        .optional()
        .describe(
          'Environment variable with a programmatic access token, instead of user, privateKey and passphrase.',
        )
        .meta({ examples: [{ env: 'SNOWFLAKE_TOKEN' }] }),
      role: plainText
        .optional()
        .describe('Role of the statements, in the case that Snowflake shows. Default: the role of the user.')
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
    })
    .refine(
      ({ user, privateKey, passphrase, token }) =>
        token ? !user && !privateKey && !passphrase : user && privateKey,
      { error: expected('snowflakeLogin') },
    )
    .describe('Account, login by key or token, and what statements run with.'),
});
