import { z } from 'zod';

/*
 * The answers of the SQL API, as far as they are read.
 * https://docs.snowflake.com/en/developer-guide/sql-api/reference
 */

export const accepted = z.object({ statementHandle: z.string() });

/** Of an answer that is no success; nothing in it is certain. */
export const refusal = z.object({
  code: z.string().optional().catch(undefined),
  sqlState: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

export const resultSet = z.object({
  resultSetMetaData: z.object({
    numRows: z.number(),
    rowType: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        precision: z.number().nullish(),
        scale: z.number().nullish(),
      }),
    ),
    partitionInfo: z.array(z.object({ rowCount: z.number() })).default([]),
  }),
});
export type ResultSet = z.infer<typeof resultSet>['resultSetMetaData'];
