import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { durationWithin, envReference } from './common.ts';

/** `sources/<id>.yaml`: a warehouse to read segments from. */
export const sourceSchema = z.strictObject({
  driver: z
    .literal('postgres', { error: expected('driver') })
    .describe('What kind of database it is: postgres.'),
  connection: envReference.describe(
    'Environment variable with the connection URL, e.g. postgres://user:password@host:5432/shop.',
  ),
  // PostgreSQL takes no longer one.
  statementTimeout: durationWithin('1s', '24d')
    .prefault('15m')
    .describe(
      "The longest that a segment's query may take; the warehouse cancels it after that. Default: 15m.",
    ),
});

export type Source = z.infer<typeof sourceSchema>;
