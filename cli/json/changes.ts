import { z } from 'zod';
import { count, moment, problem, runCounts, text } from './parts.ts';
import { failed, runResult } from './result.ts';

/* What commands that change something print. A command that runs one activation prints a run's result. */

const { strictObject: shape, array } = z;

const oneOrMore = <T extends z.ZodType>(value: T) => z.union([value, array(value)]);

/** The schedule of an activation; times in milliseconds. */
const schedule = shape({
  cron: text.optional(),
  timezone: text.optional(),
  every: count.optional(),
  calendar: shape({
    hour: oneOrMore(count),
    minute: oneOrMore(count).optional(),
    dayOfMonth: oneOrMore(count).optional(),
    dayOfWeek: oneOrMore(text).optional(),
    month: oneOrMore(text).optional(),
  }).optional(),
  pauseAfter: z.union([z.literal('never'), count]),
});

/** The schedules of a project after `schedule apply`, or as they would be after it. */
export const scheduleApply = shape({
  project: text,
  taskQueue: text,
  dryRun: z.boolean(),
  schedules: array(
    shape({
      scheduleId: text,
      change: z.enum(['created', 'updated', 'unchanged', 'deleted']),
      schedule: schedule.nullable(),
      differences: array(shape({ field: text, from: text, to: text })),
      paused: z.boolean(),
      note: text.nullable(),
      next: moment.nullable(),
    }),
  ),
  foreign: array(
    shape({
      scheduleId: text,
      why: z.union([
        shape({ by: z.literal('maker') }),
        shape({ by: z.enum(['project', 'workflow', 'taskQueue']), is: text }),
      ]),
    }),
  ),
  problems: array(problem),
});

/** The runs of `run --all` and `run --tag`; `running`: Ctrl-C ended the command, and the run continues. */
export const runs = shape({
  runs: array(
    z.union([
      runResult,
      shape({ activation: text, ...failed.shape }),
      shape({ activation: text, outcome: z.literal('running') }),
    ]),
  ),
});

export const cancel = shape({
  activation: text,
  runs: array(shape({ workflowId: text, outcome: text })),
});

/** What `decline` prints, and `approve` if it starts no run because another one is in progress. */
export const decision = shape({
  decision: z.enum(['approve', 'decline']),
  activation: text,
  plan: text,
  by: text,
  reason: text,
  counts: runCounts,
  run: z.null(),
});
