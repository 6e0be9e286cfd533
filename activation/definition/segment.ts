import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';

/** A file in the folder of the activations, or below it. */
const sqlFile = z.string().regex(/^(?!(.*\/)?\.)[^\\/][^\\]*\.sql$/, expected('sqlFile'));

/** `segment` of an activation, as in its file. */
export const segmentSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(100)
      .describe('Name of the segment.')
      .meta({ examples: ['VIP customers'] }),
    query: z
      .union(
        [
          z.string().min(1),
          z.strictObject({ file: sqlFile.describe('The file, relative to the folder of the activations.') }),
        ],
        { error: expected('queryOrFile') },
      )
      .optional()
      .describe(
        'A select with one row per member, or the file with it, beside the file of the activation. Give one of query, table and model.',
      )
      .meta({ title: 'text or { file: NAME.sql }', examples: ['select email from customers where vip'] }),
    table: z
      .string()
      .regex(/^[A-Za-z_][\w$-]*(\.[A-Za-z_][\w$]*){0,2}$/, expected('table'))
      .optional()
      .describe(
        'A table or view, optionally with its schema and database. Give one of query, table and model.',
      )
      .meta({ examples: ['marketing.vip'] }),
    model: z
      .string()
      .regex(/^[\w-]+(\.[\w-]+)*$/, expected('model'))
      .optional()
      .describe(
        'A model of the dbt project whose manifest `project.yaml` names, optionally after its package, schema or folders, and before its version. Give one of query, table and model.',
      )
      .meta({ examples: ['marts.vip'] }),
  })
  .refine(
    ({ query, table, model }) => [query, table, model].filter((way) => way !== undefined).length === 1,
    {
      error: expected('oneSegment'),
    },
  )
  .describe('Which rows are members of the list.');

/** A segment with the text of its query. */
export interface Segment {
  name: string;
  /** One of query and table is set. */
  query?: string;
  table?: string;
}
