import { z } from 'zod';
import { expected } from '../../../contract/messages/expected.ts';
import { envReference, hostName, plainText } from '../common.ts';
import { statementTimeout } from './common.ts';

const shared = {
  host: hostName
    .describe('Host of the workspace.')
    .meta({ examples: ['dbc-a1b2345c-d6e7.cloud.databricks.com'] }),
  warehouse: plainText
    .describe('Id of the SQL warehouse that runs the statements.')
    .meta({ examples: ['1234567890abcdef'] }),
  catalog: plainText
    .optional()
    .describe('Catalog of names without one.')
    .meta({ examples: ['main'] }),
  schema: plainText
    .optional()
    .describe('Schema of names without one.')
    .meta({ examples: ['marketing'] }),
};

const byToken = z.strictObject({
  ...shared,
  token: envReference
    .describe('Environment variable with a personal access token.')
    .meta({ examples: [{ env: 'DATABRICKS_TOKEN' }] }),
});

const byClient = z.strictObject({
  ...shared,
  clientId: plainText
    .describe('Client id of a service principal, instead of a token.')
    .meta({ examples: ['7b3f0c5e-1d2a-4c6b-9e8f-0a1b2c3d4e5f'] }),
  clientSecret: envReference
    .describe('Environment variable with the OAuth secret of the service principal.')
    .meta({ examples: [{ env: 'DATABRICKS_CLIENT_SECRET' }] }),
});

/** A SQL warehouse of Databricks, by the Statement Execution API. */
export const databricksSource = z.strictObject({
  driver: z.literal('databricks').describe('Kind of database.'),
  connection: z
    .union([byToken, byClient], { error: expected('databricksConnection') })
    .describe(
      'Workspace, login by token or service principal, and what statements run with: warehouse, catalog, schema.',
    )
    .meta({
      examples: [
        {
          host: 'dbc-a1b2345c-d6e7.cloud.databricks.com',
          token: { env: 'DATABRICKS_TOKEN' },
          warehouse: '1234567890abcdef',
        },
      ],
    }),
  statementTimeout,
});
