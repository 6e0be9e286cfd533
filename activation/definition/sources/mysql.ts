import { z } from 'zod';
import { statementTimeout, urlReference } from './common.ts';

/** MySQL, MariaDB, and what speaks their protocol. */
export const mysqlSource = z.strictObject({
  driver: z.literal('mysql').describe('Kind of database: MySQL or MariaDB.'),
  connection: urlReference('mysql://user:password@host:3306/shop'),
  statementTimeout,
});
