import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { durationWithin, envReference } from './common.ts';

/** `sources/<id>.yaml`: a warehouse to read segments from. */
export const sourceSchema = z.strictObject({
  driver: z.literal('postgres', { error: expected('driver') }).describe('Kind of database.'),
  connection: envReference
    .describe(
      'Environment variable with the connection URL, such as postgres://user:password@host:5432/shop.',
    )
    .meta({ examples: [{ env: 'SHOP_DATABASE_URL' }] }),
  // PostgreSQL's maximum.
  statementTimeout: durationWithin('1s', '24d')
    .prefault('15m')
    .describe("How long the segment's query may take. The warehouse cancels a longer query.")
    .meta({ examples: ['1h'] }),
});

export type Source = z.infer<typeof sourceSchema>;
