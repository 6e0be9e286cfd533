import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { duration } from './common.ts';

const ratio = z.number().min(0).max(1);

const freshnessSchema = z.strictObject({
  query: z
    .string()
    .min(1)
    .describe('Query for one point in time with a time zone, such as the last update of a table.')
    .meta({ examples: ["select max(updated_at at time zone 'Europe/Paris') from orders"] }),
  maxAge: duration
    .describe(
      'Maximum age of that point in time. The run is also held if it is more than 5 minutes in the future.',
    )
    .meta({ examples: ['26h'] }),
});

const assertionSchema = z.strictObject({
  query: z
    .string()
    .min(1)
    .describe('Query that must return no row.')
    .meta({ examples: ['select 1 from orders having count(*) = 0'] }),
  message: z
    .string()
    .min(1)
    .max(200)
    .describe('What is wrong if the query returns a row. The message is shown to people.')
    .meta({ examples: ['orders is empty'] }),
});

/** `guards` of an activation: what holds a run before it writes anything. */
export const guardsSchema = z.strictObject({
  maxRemovedRatio: ratio
    .default(0.3)
    .describe(
      'Maximum share of the list that may be removed, relative to its largest size of the last 7 days. Below 100 members, half of the list or 5 members may always be removed.',
    )
    .meta({ examples: [0.1] }),
  maxRemoved: z
    .int()
    .min(0)
    .optional()
    .describe('Maximum number of members that one run may remove. Default: no limit.')
    .meta({ examples: [1000] }),
  maxAddedRatio: z
    .number()
    .min(0)
    .optional()
    .describe(
      'Maximum growth in one run, as a share of the list. 2 means that it may triple. Default: no limit.',
    )
    .meta({ examples: [0.5] }),
  maxChangedRatio: ratio
    .optional()
    .describe(
      'Maximum share of members whose attributes change in one run. It is not checked if the mapping has changed. Default: no limit.',
    )
    .meta({ examples: [0.5] }),
  allowEmpty: z.boolean().default(false).describe('Accept an empty segment.'),
  maxRejectedRatio: ratio
    .default(0.05)
    .describe('Maximum share of rows without a usable key.')
    .meta({ examples: [0.01] }),
  minMatchRatio: ratio
    .optional()
    .describe(
      'Minimum share of members that Actito must match when their attributes are sent. 0: never checked. Default: at least one if 100 or more are added; 0.5 with a canary.',
    )
    .meta({ examples: [0.8] }),
  freshness: freshnessSchema.optional().describe('Hold the run if the warehouse was not loaded recently.'),
  fromModel: z
    .array(z.enum(['freshness', 'tests'], { error: expected('oneOf', { values: ['freshness', 'tests'] }) }))
    .optional()
    .describe(
      "What the dbt manifest says about segment.model becomes guards. freshness: error_after of the sources that the model is built from. tests: the model's tests of severity error.",
    )
    .meta({ examples: [['freshness', 'tests']] }),
  assertions: z
    .array(assertionSchema)
    .max(20)
    .default([])
    .describe('Queries that must return no row. Their rows are not read.'),
});

/** A query for the last change of the warehouse, and how old it may be in milliseconds. */
export type Freshness = z.infer<typeof freshnessSchema> & {
  /** The source of a dbt project that says so. Its time is in UTC if it has no time zone. */
  of?: string;
};

/** The tests of a dbt model. */
export interface ModelTests {
  /** The model, as the activation names it. */
  model: string;
  /** Their names in dbt, and queries that must return no row. */
  tests: { name: string; query: string }[];
}

/** Guards with those of the dbt manifest. */
export type Guards = Omit<z.infer<typeof guardsSchema>, 'freshness'> & {
  freshness?: Freshness | Freshness[];
  modelTests?: ModelTests;
};
