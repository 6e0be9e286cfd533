import { z } from 'zod';
import { statementTimeout, urlReference } from './common.ts';

/** ClickHouse, by its HTTP interface. */
export const clickhouseSource = z.strictObject({
  driver: z.literal('clickhouse').describe('Kind of database.'),
  connection: urlReference('https://user:password@host:8443/shop'),
  statementTimeout,
});
