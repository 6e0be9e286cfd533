import { z } from 'zod';
import { COUNT_NAMES } from '../../contract/counts.ts';

/* Parts that several answers share. Objects are strict: a key without a schema is a defect. */

const { strictObject: shape, array } = z;

export const text = z.string();
export const count = z.int().min(0);
/** A time: ISO 8601, UTC. */
export const moment = z.iso.datetime();
export const many = array(text);
/** Numbers by names that are not fixed. */
export const counts = z.record(text, count);

/** A message: its name and its facts as data, the next steps, and the full text. */
export const told = shape({
  reason: text,
  facts: z.record(text, z.unknown()),
  next: array(shape({ advice: text, command: text.optional() })),
  message: text,
});
/** A message with the type of its failure. */
export const failure = shape({ type: text, ...told.shape });

/** The counts of a run; a missing count was not counted. */
export const runCounts = z.partialRecord(z.enum(COUNT_NAMES), count);

/** Something wrong in a project folder. */
export const problem = shape({
  file: text.optional(),
  line: count.optional(),
  setting: text.optional(),
  reason: text,
  facts: z.record(text, z.unknown()),
  message: text,
});

/** Who decided on a plan, as they claimed, and why. */
export const decision = { by: text, reason: text };

export const pastRun = shape({
  run: text,
  workflowId: text,
  dryRun: z.boolean(),
  rebase: z.boolean(),
  undo: text.nullable(),
  reason: text.nullable(),
  openedAt: moment,
  closedAt: moment.nullable(),
  outcome: text.nullable(),
  failure: text.nullable(),
  failureType: text.nullable(),
  counts: runCounts,
  planHash: text.nullable(),
  approved: shape({ guards: many, ...decision }).nullable(),
  declined: shape(decision).nullable(),
  notes: array(told),
  push: text.nullable(),
  deliveredAt: moment.nullable(),
  retrievedAt: moment.nullable(),
});

/** A rejected row or value, with the runs that rejected it. */
export const reject = shape({
  key: text,
  reference: text.nullable(),
  stage: text,
  reason: text,
  attribute: text,
  firstSeen: moment,
  lastSeen: moment,
  times: count,
  lastRun: text,
  message: text,
  said: text.nullable().optional(),
});

/** A record of a forgotten person. */
export const forgotten = shape({
  record: text,
  by: text,
  reason: text.nullable(),
  askedAt: moment,
  askedAgain: moment.nullable(),
  completedAt: moment.nullable(),
  profiles: count,
});

/** The backoff of a schedule whose runs keep failing. */
export const rest = { type: text, runs: count, since: moment, next: moment };
