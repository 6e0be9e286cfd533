import { z } from 'zod';
import { count, failure, many, moment, runCounts, text, told } from './parts.ts';

const { strictObject: shape, array } = z;

const trip = shape({ guard: text, figure: z.number(), ...told.shape });

/** Additional details about a dry run's plan. */
const plan = shape({
  run: text,
  guards: array(trip),
  passed: shape({ assertions: many, tests: many }).optional(),
  forecast: shape({ matched: count, waiting: count, rate: z.number().nullable() }).optional(),
  sends: shape({
    members: count,
    imports: count,
    importBytes: count,
    canary: count.optional(),
    push: text.nullable(),
    listMembers: count,
    listBytes: count,
  }),
  creates: shape({
    attributes: array(shape({ name: text, type: text })),
    list: text.nullable(),
    renames: text.nullable(),
  }).nullable(),
  quota: shape({ limit: count, used: count, left: count, nextFree: moment.nullable() }).nullable(),
  problems: array(told),
  samples: array(
    shape({
      class: text,
      attributes: many,
      reason: text.nullable(),
      key: text.optional(),
      values: array(text.nullable()).optional(),
    }),
  ),
});

/** The result of a completed run, or the plan of a dry run. */
export const runResult = shape({
  activation: text,
  outcome: text,
  rebase: z.literal(true).optional(),
  summary: text,
  notes: array(told),
  counts: runCounts,
  rejects: array(shape({ stage: text, reason: text, attribute: text, count })),
  planHash: text.optional(),
  undo: text.optional(),
  plan: plan.optional(),
  list: shape({
    name: text,
    pushed: text.nullable(),
    confirmation: z.enum(['retrieved', 'pending', 'delivered']).nullable(),
    profiles: count.nullable(),
    expires: text.nullable(),
  }).optional(),
});

/** What a command prints when it fails, is held or is wrong. */
export const failed = shape({
  outcome: z.enum(['held', 'cancelled', 'failed', 'busy', 'invalid']),
  error: failure,
  guards: array(trip),
  planHash: text.nullable(),
});
