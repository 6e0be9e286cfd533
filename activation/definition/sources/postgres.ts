import { z } from 'zod';
import { statementTimeout, urlReference } from './common.ts';

/** PostgreSQL, and what speaks its protocol and its COPY. */
export const postgresSource = z.strictObject({
  driver: z.literal('postgres').describe('Kind of database.'),
  connection: urlReference('postgres://user:password@host:5432/shop'),
  statementTimeout,
});
