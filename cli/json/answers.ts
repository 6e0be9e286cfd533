import { z } from 'zod';
import { cancel, decision, runs, scheduleApply } from './changes.ts';
import { INSPECTIONS } from './inspections.ts';
import {
  count,
  counts,
  failure,
  forgotten,
  moment,
  pastRun,
  problem,
  reject,
  rest,
  text,
  told,
} from './parts.ts';
import { DIRECTORY_CAUSES, UNMATCHED_CAUSES } from '../../state/report/unmatched.ts';
import { failed, runResult } from './result.ts';

const { strictObject: shape, array } = z;

const trouble = shape({
  type: text,
  message: text.nullable(),
  attempts: count,
  next: moment.nullable(),
  until: moment.nullable(),
});

/** The status of an activation. */
const status = shape({
  activation: text,
  needsPerson: z.boolean(),
  lastRun: pastRun.nullable(),
  list: shape({ members: count, deliveredAt: moment, expiresAt: moment, hoursLeft: z.number() }).nullable(),
  leaving: count,
  waiting: count,
  schedule: shape({ starts: array(moment), due: z.boolean(), paused: z.boolean(), note: text.nullable() })
    .nullable()
    .optional(),
  rest: shape(rest).nullable(),
  running: array(
    shape({
      workflowId: text,
      since: moment,
      phase: text.nullable(),
      workerAnswers: z.boolean(),
      trouble: trouble.nullable(),
    }),
  ).optional(),
  imports: shape({
    used: count,
    limit: count,
    left: count,
    nextFree: moment.nullable(),
    waiting: array(shape({ activation: text, since: moment })),
  }).nullable(),
  streak: count,
  warnings: array(told),
});

const explanation = shape({
  activation: text,
  key: text,
  storedAs: text.nullable(),
  onList: z.boolean(),
  forgotten: shape({ record: text, at: moment }).optional(),
  since: shape({ run: text, at: moment.nullable() }).nullable(),
  leaving: shape({ run: text, at: moment, runsLeft: count.nullable(), from: moment.nullable() }).nullable(),
  left: shape({ run: text, at: moment }).nullable(),
  waiting: shape({
    cause: z.enum(DIRECTORY_CAUSES),
    run: text,
    at: moment.nullable(),
    directoryWrittenAt: moment.nullable(),
  }).nullable(),
  actito: shape({ answer: text, reason: text.nullable(), dueAgain: moment.nullable() }).nullable(),
  because: array(told),
  rejects: array(reject),
});

const erased = shape({
  activation: text,
  erasedAt: moment,
  members: count,
  listed: count,
  others: counts,
  stillOnList: z.boolean(),
  inProject: z.boolean(),
});

const schedule = shape({
  scheduleId: text,
  activation: text,
  times: text,
  timezone: text,
  paused: z.boolean(),
  note: text.nullable(),
  next: moment.nullable(),
  due: z.boolean(),
  rest: shape({ activation: text, ...rest })
    .nullable()
    .optional(),
});

const forgottenRecord = shape({ ...forgotten.shape, activations: array(erased) });

/** The shapes of what commands print with `--json`, by command; `failure` is for any command. */
export const ANSWERS = {
  status: shape({
    at: moment,
    needsPerson: z.boolean(),
    problems: array(problem),
    activations: array(status),
    temporal: z.union([z.literal('ok'), failure]),
  }),
  history: shape({
    activation: text,
    runs: array(pastRun),
    words: array(shape({ run: text, reason: text, words: text, at: moment, times: count })).optional(),
  }),
  rejects: shape({
    activation: text,
    counts: array(shape({ reason: text, count })),
    rejects: array(reject),
  }),
  unmatched: shape({
    activation: text,
    total: count,
    causes: shape({ notMatched: count, noProfile: count, severalProfiles: count }),
    trend: array(shape({ run: text, openedAt: moment, sent: count, unmatched: count })),
    unmatched: array(
      shape({
        key: text,
        cause: z.enum(UNMATCHED_CAUSES),
        since: text,
        lastTried: moment.nullable(),
        dueAgain: moment.nullable(),
      }),
    ),
  }),
  explain: explanation,
  forgotten: shape({ records: array(forgotten) }),
  forgottenRecord,
  forget: shape({ ...forgottenRecord.shape, already: z.boolean() }),
  plan: runResult,
  ...INSPECTIONS,
  doctor: shape({
    probes: array(
      shape({
        name: text,
        ok: z.boolean(),
        told: z.literal(true).optional(),
        type: text.optional(),
        says: array(told),
        advice: told.optional(),
      }),
    ),
  }),
  validate: shape({
    folder: text,
    valid: z.boolean(),
    problems: array(problem),
    warnings: array(told),
    found: shape({ sources: count, destinations: count, activations: count }).optional(),
  }),
  scheduleList: shape({ project: text, taskQueue: text, schedules: array(schedule) }),
  scheduleApply,
  runs,
  cancel,
  decision,
  failure: failed,
};

/** The type of a value before it becomes JSON: a time can still be a Date, facts any object. */
type Before<T> = string extends T
  ? T | Date
  : Record<string, unknown> extends T
    ? object
    : T extends readonly (infer Item)[]
      ? readonly Before<Item>[]
      : T extends object
        ? { [Key in keyof T]: Before<T[Key]> }
        : T;

/** The types of the answers before they become JSON, by their names in {@link ANSWERS}. */
export type Answers = { [Name in keyof typeof ANSWERS]: Before<z.output<(typeof ANSWERS)[Name]>> };

/** Titles of answers that are not named after their command. */
const TITLES: Record<string, string> = {
  decision: 'What decline prints with --json, and approve if it starts no run',
  failure: 'What a command prints with --json when it fails, is held or is wrong',
  forgottenRecord: 'What forgotten <record> prints with --json',
  plan: 'The result of a run, or the plan of a dry run',
  runs: 'What run --all and run --tag print with --json',
  scheduleApply: 'What schedule apply prints with --json',
  scheduleList: 'What schedule list prints with --json',
  unmatched: 'What rejects --reason Unmatched prints with --json',
};

/** Returns the JSON Schemas of the answers by file name. */
export function answerSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(ANSWERS).map(([name, schema]) => {
      const file = `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.schema.json`;
      const { $schema, ...others } = z.toJSONSchema(schema, { target: 'draft-7' });
      return [file, { $schema, title: TITLES[name] ?? `What ${name} prints with --json`, ...others }];
    }),
  );
}
