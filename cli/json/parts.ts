import { z } from 'zod';
import { COUNT_NAMES } from '../../contract/counts.ts';

/* What the answers of several commands have in common. Objects are strict: a key that stands in no schema is a defect. */

const { strictObject: shape, array } = z;

export const text = z.string();
export const count = z.int().min(0);
/** A moment: ISO 8601, UTC. */
export const moment = z.iso.datetime();
export const many = array(text);
/** Names that are not fixed, and what belongs to them. */
export const counts = z.record(text, count);

/** A message: its name and what it is about as data, what to do next, and all of it in words. */
export const told = shape({
  reason: text,
  facts: z.record(text, z.unknown()),
  next: array(shape({ advice: text, command: text.optional() })),
  message: text,
});
/** A message, with the type of the failure that it explains. */
export const failure = shape({ type: text, ...told.shape });

/** What a run counted; a count that is missing was not counted. */
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

/** Who decided about a plan, as they claimed, and why. */
export const decision = { by: text, reason: text };

/** A run of the past. */
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

/** A rejected row or value, over the runs that met it. */
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

/** A record of someone who asked to be forgotten. */
export const forgotten = shape({
  record: text,
  by: text,
  reason: text.nullable(),
  askedAt: moment,
  askedAgain: moment.nullable(),
  completedAt: moment.nullable(),
});

/** That a schedule tries only once in a while, since its runs go on failing. */
export const rest = { type: text, runs: count, since: moment, next: moment };
