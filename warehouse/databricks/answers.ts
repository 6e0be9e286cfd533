import { z } from 'zod';

/*
 * The answers of the Statement Execution API, as far as they are read.
 * https://docs.databricks.com/api/statement-execution/v1/get-statement-result
 */

const text = z.string().optional().catch(undefined);

/** Of an answer that is no success; nothing in it is certain. */
export const refusal = z.object({ error_code: text, message: text });

/** A part of the rows: where it is. */
export const chunk = z.object({
  external_links: z
    .array(
      z.object({
        external_link: z.string(),
        chunk_index: z.number().optional(),
        /** Without them, the store refuses the link, for instance if it decrypts with a key of the customer. */
        http_headers: z.record(z.string(), z.string()).optional(),
      }),
    )
    .default([]),
});

export const statementAnswer = z.object({
  statement_id: z.string(),
  status: z.object({
    state: z.string(),
    error: z.object({ error_code: text, message: text }).optional(),
    sql_state: text,
  }),
  manifest: z
    .object({
      schema: z.object({
        columns: z
          .array(
            z.object({
              name: z.string(),
              type_name: z.string().optional(),
              type_text: z.string().optional(),
              type_scale: z.number().optional(),
            }),
          )
          .default([]),
      }),
      // never assumed: a result that is not counted would be an empty segment
      total_chunk_count: z.number(),
      total_row_count: z.number(),
      chunks: z.array(z.object({ chunk_index: z.number(), row_count: z.number() })).default([]),
      truncated: z.boolean().default(false),
    })
    .optional(),
  result: chunk.optional(),
});
export type StatementAnswer = z.infer<typeof statementAnswer>;
export type Manifest = NonNullable<StatementAnswer['manifest']>;
