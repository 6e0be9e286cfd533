import { z } from 'zod';
import { ROUTE_RESULTS } from '../../contract/inspect.ts';
import {
  count,
  counts,
  failure,
  forgotten,
  many,
  moment,
  pastRun,
  problem,
  reject,
  rest,
  text,
  told,
} from './parts.ts';
import { UNMATCHED_CAUSES } from '../../state/report/unmatched.ts';
import { runResult } from './result.ts';

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
    cause: z.enum(['noProfile', 'severalProfiles']),
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

/** The shapes of what reading commands print with `--json`, by command. */
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
  forgottenRecord: shape({ ...forgotten.shape, activations: array(erased) }),
  plan: runResult,
  attributes: shape({
    what: z.literal('attributes'),
    destination: text,
    profileTable: text,
    attributes: array(
      shape({
        name: text,
        type: text,
        unique: z.boolean(),
        mandatory: z.boolean(),
        maxLength: count.optional(),
        mappedBy: many,
      }),
    ),
    more: count,
  }),
  lists: shape({
    what: z.literal('lists'),
    destination: text,
    lists: array(
      shape({
        name: text,
        profiles: count.nullable(),
        expires: text.nullable(),
        file: text.nullable(),
        owner: text.nullable(),
        orphaned: z.boolean(),
      }),
    ),
    more: count,
  }),
  directoryRefresh: shape({
    what: z.literal('directory'),
    destination: text,
    directories: array(
      shape({
        attribute: text,
        read: array(shape({ file: text, kind: z.enum(['daily', 'full']), profiles: count, unusable: count })),
        notes: array(told),
        writtenAt: moment.nullable(),
      }),
    ),
  }),
  contractCheck: shape({
    what: z.literal('contract'),
    destination: text,
    actito: text.nullable(),
    checks: array(
      shape({
        route: text,
        mark: z.enum(['D', 'C', 'A']),
        call: text,
        result: z.enum(ROUTE_RESULTS),
        status: count.nullable(),
        fields: many,
        says: told,
        settings: many,
      }),
    ),
  }),
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

/** Returns the JSON Schemas of the answers by file name. */
export function answerSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(ANSWERS).map(([name, schema]) => {
      const file = `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.schema.json`;
      const { $schema, ...others } = z.toJSONSchema(schema, { target: 'draft-7' });
      return [file, { $schema, title: `What ${name} prints with --json`, ...others }];
    }),
  );
}
