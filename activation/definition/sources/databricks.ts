import { z } from 'zod';
import { expected } from '../../../contract/messages/expected.ts';
import { envReference, hostName, plainText } from '../common.ts';
import { driverSource, type DriverInfo } from './common.ts';

const info: DriverInfo = {
  section: 'databricks',
  connection: ['clientId', 'clientSecret', 'catalog', 'schema'],
  dbtAdapters: ['spark'],
};

/** A SQL warehouse of Databricks, by the Statement Execution API. */
export const databricksSource = driverSource('databricks', info, {
  connection: z
    .strictObject({
      host: hostName
        .describe('Host of the workspace.')
        .meta({ examples: ['dbc-a1b2345c-d6e7.cloud.databricks.com'] }),
      warehouse: plainText
        .describe(
          'Id of the SQL warehouse that runs the statements: the end of its HTTP path. Write it in quotes.',
        )
        .meta({ examples: ['1234567890123456'] }),
      clientId: plainText
        .optional()
        .describe('Client id of a service principal.')
        .meta({ examples: ['7b3f0c5e-1d2a-4c6b-9e8f-0a1b2c3d4e5f'] }),
      clientSecret: envReference
        .optional()
        .describe('Environment variable with the OAuth secret of the service principal.')
        .meta({ examples: [{ env: 'DATABRICKS_CLIENT_SECRET' }] }),
      token: envReference
        .optional()
        .describe('Environment variable with a personal access token, instead of clientId and clientSecret.')
        .meta({ examples: [{ env: 'DATABRICKS_TOKEN' }] }),
      catalog: plainText
        .optional()
        .describe('Catalog of names without one.')
        .meta({ examples: ['main'] }),
      schema: plainText
        .optional()
        .describe('Schema of names without one.')
        .meta({ examples: ['marketing'] }),
    })
    .refine(
      ({ clientId, clientSecret, token }) => (token ? !clientId && !clientSecret : clientId && clientSecret),
      { error: expected('databricksLogin') },
    )
    .describe('Workspace, login by service principal or token, and what statements run with.'),
});
