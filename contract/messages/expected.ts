import { always, message, type Message, type NoFacts } from './message.ts';

const CRON_FIELDS = {
  minute: '1, the minute, holds values from 0 to 59',
  hour: '2, the hour, holds values from 0 to 23',
  dayOfMonth: '3, the day of month, holds values from 1 to 31',
  month: '4, the month, holds values from 1 to 12 or JAN to DEC',
  dayOfWeek: '5, the day of week, holds values from 0 to 7 or SUN to SAT',
};
/** A field of a cron expression, by its name. */
export type CronField = keyof typeof CRON_FIELDS;

/**
 * What a setting, an option or a workflow's argument must be: each continues "expected …". No schema has words of its own
 * (eslint.config.js). They are no messages: a problem says them (problems.ts, run.ts, commands.ts).
 */
export const EXPECTED = {
  text: always('a text'),
  textNotEmpty: always('a text that is not empty'),
  textOfAtMost: message({
    examples: [{ most: 200 }],
    says: ({ most }) => `a text of at most ${most} characters`,
  }),
  characters: message({ examples: [{ most: 100 }], says: ({ most }) => `at most ${most} characters` }),
  number: always('a number'),
  wholeNumber: always('a whole number'),
  atLeast: message({ examples: [{ least: 1 }], says: ({ least }) => `at least ${least}` }),
  atMost: message<{ most: number | string }>({
    examples: [{ most: 5 }, { most: '2h' }],
    says: ({ most }) => `at most ${most}`,
  }),
  trueOrFalse: always('true or false'),
  list: always('a list'),
  listNotEmpty: always('a list that is not empty'),
  entries: message({ examples: [{ most: 60 }], says: ({ most }) => `at most ${most} entries` }),
  group: always('a group of settings'),
  ofType: message({ examples: [{ type: 'bigint' }], says: ({ type }) => `a value of type ${type}` }),
  another: always('another value'),
  choice: message<{ values: readonly string[] }>({
    examples: [{ values: ['email', 'phone', 'externalId'] }, { values: ['keep', 'clear'] }],
    says: ({ values }) => `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`,
  }),
  oneOf: message<{ values: readonly string[] }>({
    examples: [{ values: ['STRING', 'INTEGER', 'LONG'] }],
    says: ({ values }) => values.join(', '),
  }),
  oneOrMoreOf: message<{ values: readonly string[] }>({
    examples: [{ values: ['MONDAY', 'TUESDAY'] }],
    says: ({ values }) => `${values.join(', ')}, or a list of them`,
  }),
  numbers: message({
    examples: [{ least: 0, most: 23 }],
    says: ({ least, most }) => `a number from ${least} to ${most}, or a list of them`,
  }),

  // In every file of a project folder.
  id: always('an id (the file name) of lower-case letters, digits and single hyphens'),
  idLength: message({
    examples: [{ most: 40 }],
    says: ({ most }) => `an id (the file name) of at most ${most} characters`,
  }),
  duration: always('a duration such as 15m, 48h or 2 days'),
  durationWithin: message({
    examples: [{ least: '1s', most: '2h' }],
    says: ({ least, most }) => `a duration from ${least} to ${most}`,
  }),
  withoutControl: always('a text without control characters'),
  url: always('a URL such as https://api.example.com, without query'),
  urlWithoutUser: always(
    'a URL without user name and password; the secret itself does not belong in this file',
  ),
  httpsUrl: always('a URL that begins with https://; http:// only on this machine (localhost)'),
  host: always('the name or the address of a server, and nothing else'),
  headerText: always('a text of letters, digits and signs of ASCII'),
  variable: always('{ env: NAME }, the name of an environment variable'),
  textOrVariable: always('a text, or { env: NAME }'),
  portOrVariable: always('a port number, or { env: NAME }'),

  // In project.yaml and sources/.
  retentionOfRuns: always('a duration of at least 7d, since guards compare with the last 7 days'),
  retentionOfRejects: always('no longer than retention.runs, since rejects go with their run'),
  retentionOfChanges: always('no longer than retention.runs, since the log is of runs'),
  driver: always('postgres (the only driver so far)'),

  // In destinations/.
  hostKey: always('the SHA256 fingerprint of the server\'s host key, "SHA256:" and 43 characters'),
  hostKeys: always('a text, { env: NAME }, or a list of them'),
  temporaryName: always(
    'a file name that holds {file} once and something besides it, such as "{file}.tmp"; no folder',
  ),
  listingToConfirm: always(
    'true, since contract.listConfirmation: fileDisappears looks for the file in the folder',
  ),
  passwordOrKey: always('password: { env: NAME } or privateKey: { env: NAME }'),
  environmentOrUrl: message<{ environments: readonly string[] }>({
    examples: [{ environments: ['ENV-0', 'ENV-1', 'ENV-3', 'PREPROD'] }],
    says: ({ environments }) => `either environment (${environments.join(', ')}) or baseUrl, one of the two`,
  }),
  routePath: message<{ placeholders: readonly string[] }>({
    examples: [{ placeholders: ['entity', 'table'] }, { placeholders: [] }],
    says: ({ placeholders }) =>
      `a path that begins with / and holds ${placeholders.map((name) => `{${name}}`).join(' and ') || 'no placeholder'}`,
  }),
  partName: always('a name'),
  partNameCharacters: always('a name of letters, digits, ., _ and -'),

  // In activations/.
  attributeLength: message({
    examples: [{ most: 50 }],
    says: ({ most }) => `an attribute's technical name, at most ${most} characters`,
  }),
  attributeCharacters: always("an attribute's technical name (letters, digits, underscore)"),
  attributeOfOurs: message<{ technical: readonly string[] }>({
    examples: [{ technical: ['profileId', 'creationMoment', 'updateMoment'] }],
    says: ({ technical }) => `an attribute that is not one of Actito's own (${technical.join(', ')})`,
  }),
  country: message<{ meant?: string }>({
    examples: [{}, { meant: 'GB' }],
    says: ({ meant }) =>
      `a country by its two capital letters, such as BE${meant === undefined ? '' : ` (did you mean ${meant}?)`}`,
  }),
  noCountry: always('no country here, since only phone numbers have one (type: phone)'),
  table: always('table or schema.table'),
  queryOrTable: always('either query or table, one of the two'),
  importMode: always('oneShot, or { etl: <id of the ETL in Actito> }'),
  listName: always(
    'a name without path separators, "..", characters that nobody sees and names that systems reserve',
  ),
  fileName: always('a file name without folders; {list} stands for the name of the list'),
  grace: always('a number of runs such as 2 runs, or a duration such as 24h'),
  canary: message({
    examples: [{ least: 10, most: 10_000 }],
    says: ({ least, most }) => `a number of members from ${least} to ${most}`,
  }),
  wayOfSchedule: always('either cron, every or calendar, one of the three'),
  cronFields: always('a cron expression of five fields: minute, hour, day of month, month, day of week'),
  cronField: message<{ field: CronField }>({
    examples: [
      { field: 'minute' },
      { field: 'hour' },
      { field: 'dayOfMonth' },
      { field: 'month' },
      { field: 'dayOfWeek' },
    ],
    says: ({ field }) =>
      `a cron expression whose field ${CRON_FIELDS[field]}, ranges (1-5), steps (*/2) or lists (1,3)`,
  }),
  cronOfOneDay: always(
    'a cron expression with a day of month or a day of week, not both (cron runs on either, Temporal on days where ' +
      'both hold); schedule.calendar can say both',
  ),
  cronThatComes: always('a cron expression for a day that exists; this one never comes'),
  dayThatComes: always('a day that exists; this one never comes'),
  pauseAfter: always('a duration such as 6h, or never'),
  timeZone: always('a time zone such as Europe/Paris'),
  noZoneHere: always(
    'no time zone here, since only attributes of type DATE and TIMESTAMP have a use for one',
  ),
  noCountryHere: always('no country here, since only texts can be phone numbers'),
  noTimeZone: always('no time zone with every, since an interval has no time of day'),

  // As the value of an option of the command line.
  positiveNumber: always('a whole number from 1 on'),
  limitOfRejects: always('a number such as 100, or a share such as 0.5%'),

  // In the argument of a workflow.
  mode: always('sync (the default), resync, preview, rebase or undo'),
  modeOfPreview: always('"sync", "resync" or {"undo": the number of a run, as a text}'),
  activationId: always('the id of an activation (the name of its file without .yaml)'),
  destinationId: always('the id of a destination (the name of its file without .yaml)'),
  targetId: always('the id of a destination or of an activation'),
  runNumber: always('the number of a run, as a text'),
  plan: always('the hash of a plan'),
  planHash: always('the hash of a plan (12 characters)'),
  planOfUndo: always('the hash of a plan: an undo is applied only as someone has seen it planned'),
  reasonOfRebase: always('a text: a rebase says why'),
  reasonOfUndo: always('a text: an undo says why'),
  record: always('the number of a record, as the command forget prints it'),
  recordNumber: always('a number from 1 on'),
};

type Expected = typeof EXPECTED;
type FactsOf<N extends keyof Expected> = Expected[N] extends Message<infer F> ? F : never;
/** The name of what reads in one way only. */
export type PlainExpected = { [N in keyof Expected]: FactsOf<N> extends NoFacts ? N : never }[keyof Expected];

/** What a value must be, in words, for the error of a schema. */
export function expected<N extends keyof Expected>(
  name: N,
  ...[facts]: FactsOf<N> extends NoFacts ? [] : [FactsOf<N>]
): string {
  const { says } = EXPECTED[name] as unknown as Message<object>;
  return says((facts as object | undefined) ?? {});
}
