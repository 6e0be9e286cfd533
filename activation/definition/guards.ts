import { z } from 'zod';
import { duration } from './common.ts';

const ratio = z.number().min(0).max(1);

const freshnessSchema = z.strictObject({
  query: z
    .string()
    .min(1)
    .describe(
      "A query for one moment with a time zone, such as: select max(updated_at at time zone 'Europe/Paris') from orders.",
    ),
  maxAge: duration.describe('How old that moment may be, such as 26h.'),
});

const assertionSchema = z.strictObject({
  query: z.string().min(1).describe('A query that returns no row when all is well.'),
  message: z.string().min(1).max(200).describe('What is wrong when it returns one, for people.'),
});

/** `guards` of an activation: what holds a run before it writes anything. */
export const guardsSchema = z.strictObject({
  maxRemovedRatio: ratio
    .default(0.3)
    .describe(
      'Largest share of the list that may leave it; default 0.3. Measured against the last 7 days. Of a list of less than 100 members, half or 5 members may always leave.',
    ),
  maxRemoved: z
    .int()
    .min(0)
    .optional()
    .describe('Most members that may leave the list in one run; default: any.'),
  maxAddedRatio: z
    .number()
    .min(0)
    .optional()
    .describe('Largest growth in one run, as a share of the list (2 = it may triple); default: any.'),
  maxChangedRatio: ratio
    .optional()
    .describe(
      'Largest share of members whose attributes change in one run; default: any. Not asked when the mapping has changed.',
    ),
  allowEmpty: z.boolean().default(false).describe('Whether the segment may be empty.'),
  maxRejectedRatio: ratio.default(0.05).describe('Largest share of rows without a usable key; default 0.05.'),
  minMatchRatio: ratio
    .optional()
    .describe(
      'Smallest share of members that Actito must know when their attributes are sent. Default: one of at least 100 is enough, with a canary 0.5. 0: never asked.',
    ),
  freshness: freshnessSchema.optional().describe('Holds the run when the warehouse was not loaded lately.'),
  assertions: z
    .array(assertionSchema)
    .max(20)
    .default([])
    .describe('Queries that must return no row: one that does holds the run.'),
});
