import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { duration } from './common.ts';

/** How long a member that is missing from the segment stays on the list: a number of runs, or milliseconds. */
export type Grace = { runs: number } | { milliseconds: number };

const GRACE = expected('grace');
const RUNS = /^(0|[1-9]\d{0,3}) runs?$/;

const graceSchema = z
  .string(GRACE)
  .refine((text) => RUNS.test(text) || (duration.safeParse(text).success && /[a-z]/i.test(text)), GRACE)
  .transform((text): Grace => {
    const [, runs] = RUNS.exec(text) ?? [];
    return runs === undefined ? { milliseconds: duration.parse(text) } : { runs: Number(runs) };
  });

/** `removal` of an activation. Without it, a member is removed by the first run that does not find it. */
export const removalSchema = z
  .strictObject({
    after: graceSchema
      .describe(
        'Grace period: how long a member that is no longer in the segment stays on the list, as a number of runs or a duration. 0 runs: no grace period.',
      )
      .meta({ title: 'number of runs or duration', examples: ['2 runs'] }),
  })
  .describe(
    'When a member that is no longer in the segment is removed from the list. Default: with the next run.',
  );
