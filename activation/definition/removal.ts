import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { duration } from './common.ts';

/** How long a member that the segment lacks stays on the list: so many runs, or milliseconds. */
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

/** `removal` of an activation. Without it a member leaves the list with the first run that lacks it. */
export const removalSchema = z
  .strictObject({
    after: graceSchema.describe(
      'How long a member that the segment lacks stays on the list: 2 runs, or a duration such as 24h. 0 runs: not at all.',
    ),
  })
  .describe(
    'When a member that the segment lacks leaves the list. Default: with the first run that lacks it.',
  );
