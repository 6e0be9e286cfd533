import { z } from 'zod';
import { expected } from '../../../contract/messages/expected.ts';
import { envReference, hostName, plainText } from '../common.ts';
import { driverSource, type DriverInfo } from './common.ts';

const info: DriverInfo = {
  section: 'sql-server',
  otherNames: ['azuresql', 'mssql', 'tsql'],
  packages: ['tedious'],
  dbtAdapters: ['fabric', 'synapse'],
  condition: 'vip = 1',
};

/** Microsoft SQL Server, Azure SQL Database and Azure SQL Managed Instance, with a login of SQL Server. */
export const sqlserverSource = driverSource('sqlserver', info, {
  connection: z
    .strictObject({
      host: hostName
        .describe('Name or address of the server.')
        .meta({ examples: ['shop.database.windows.net'] }),
      port: z
        .int()
        .min(1)
        .max(65535)
        .optional()
        .describe('Port of the server. Default: 1433, or the one that SQL Server Browser tells for instance.')
        .meta({ examples: [1433] }),
      instance: plainText
        .optional()
        .describe('Named instance, whose port SQL Server Browser tells (UDP 1434). Do not give port, too.')
        .meta({ examples: ['REPORTING'] }),
      database: plainText.describe('Name of the database.').meta({ examples: ['shop'] }),
      user: plainText.describe('Login of SQL Server.').meta({ examples: ['actito_sync'] }),
      password: envReference
        .describe('Environment variable with the password.')
        .meta({ examples: [{ env: 'SHOP_DATABASE_PASSWORD' }] }),
      encrypt: z
        .boolean()
        .prefault(true)
        .describe('Connect with TLS and check the certificate. false: on a trusted network only.'),
      ca: envReference
        .optional()
        .describe(
          'Environment variable with the certificate (PEM) of the authority to trust. Default: the public authorities.',
        )
        .meta({ examples: [{ env: 'SHOP_DATABASE_CA' }] }),
      readOnlyIntent: z
        .boolean()
        .prefault(false)
        .describe('Ask an availability group for a readable secondary (ApplicationIntent=ReadOnly).'),
    })
    .refine(({ port, instance }) => port === undefined || instance === undefined, {
      error: expected('portOrInstance'),
    })
    .describe('The server, the database and the login.'),
});
