import { z } from 'zod';
import { statementTimeout, urlReference } from './common.ts';

/** Amazon Redshift: clusters and serverless workgroups. */
export const redshiftSource = z.strictObject({
  driver: z.literal('redshift').describe('Kind of database.'),
  connection: urlReference('postgres://user:password@host:5439/shop?sslmode=verify-full'),
  statementTimeout,
});
