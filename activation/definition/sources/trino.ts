import { z } from 'zod';
import { statementTimeout, urlReference } from './common.ts';

/** Trino, by its client protocol. */
export const trinoSource = z.strictObject({
  driver: z.literal('trino').describe('Kind of database.'),
  connection: urlReference('https://user:password@host:8443/hive/shop'),
  statementTimeout,
});
