import { always, message, type Message, type NoFacts } from './message.ts';

const CRON_FIELDS = {
  minute: '1 (minute) has values from 0 to 59',
  hour: '2 (hour) has values from 0 to 23',
  dayOfMonth: '3 (day of month) has values from 1 to 31',
  month: '4 (month) has values from 1 to 12 or JAN to DEC',
  dayOfWeek: '5 (day of week) has values from 0 to 7 or SUN to SAT',
};
/** A field of a cron expression, by its name. */
export type CronField = keyof typeof CRON_FIELDS;

/**
 * What a setting, an option or a workflow's argument must be: each continues "expected …". Schemas contain no texts of their
 * own (eslint.config.js enforces this). These are parts of messages (problems.ts, arguments.ts, commands.ts).
 */
export const EXPECTED = {
  text: always('text'),
  textNotEmpty: always('non-empty text'),
  textOfAtMost: message({
    examples: [{ most: 200 }],
    says: ({ most }) => `text of at most ${most} characters`,
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
  listNotEmpty: always('a non-empty list'),
  entries: message({ examples: [{ most: 60 }], says: ({ most }) => `at most ${most} entries` }),
  group: always('a group of settings'),
  ofType: message({ examples: [{ type: 'bigint' }], says: ({ type }) => `a value of type ${type}` }),
  another: always('a different value'),
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

  // In sources.
  driver: message<{ values: readonly string[]; meant?: string }>({
    examples: [{ values: ['postgres', 'mysql'] }, { values: ['postgres', 'mysql'], meant: 'mysql' }],
    says: ({ values, meant }) =>
      `${values.join(', ')}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`,
  }),
  awsRegion: always('a region of AWS such as eu-west-1'),
  clusterOrWorkgroup: always('either cluster or workgroup'),
  portOrInstance: always('at most one of port and instance'),
  snowflakeLogin: always('either user and privateKey, or token'),
  databricksLogin: always('either clientId and clientSecret, or token'),
  duckdbPlace: always('{ file: … }, { folder: … } or { motherduck: …, token: { env: NAME } }'),
  memorySize: always('an amount of memory with its unit, such as 512MB or 2GB'),
  byteCount: always('a number of bytes such as 10 GB, 500 MB or 1 TiB'),
  googleProject: always('the ID of a Google Cloud project (lowercase letters, digits, hyphens)'),
  googleDataset: always('a dataset, or project.dataset'),
  googleLocation: always('a location of BigQuery such as EU or europe-west1'),

  // In every file of a project folder.
  id: always('an id (the file name) of lowercase letters, digits and single hyphens'),
  idLength: message({
    examples: [{ most: 40 }],
    says: ({ most }) => `an id (the file name) of at most ${most} characters`,
  }),
  duration: always('a duration such as 15m, 48h or 2 days'),
  durationWithin: message({
    examples: [{ least: '1s', most: '2h' }],
    says: ({ least, most }) => `a duration from ${least} to ${most}`,
  }),
  withoutControl: always('text without control characters'),
  url: always('a URL such as https://api.example.com, without a query'),
  urlWithoutUser: always('a URL without user name and password; do not write the secret itself in this file'),
  httpsUrl: always('a URL that starts with https:// (http:// is allowed only for localhost)'),
  host: always('only a host name or IP address'),
  headerText: always('printable ASCII text'),
  variable: always('{ env: NAME } with the name of an environment variable'),
  textOrVariable: always('text or { env: NAME }'),
  portOrVariable: always('a port number or { env: NAME }'),

  // In project.yaml and sources/.
  retentionOfRuns: always('a duration of at least 7d, because guards compare with the last 7 days'),
  retentionOfRejects: always('at most retention.runs, because rejects are deleted with their run'),
  retentionOfChanges: always('at most retention.runs, because the change log is deleted with its runs'),

  // In destinations/.
  hostKey: always('the SHA256 fingerprint of the server\'s host key: "SHA256:" and 43 characters'),
  hostKeys: always('text, { env: NAME }, or a list of them'),
  temporaryName: always(
    'a file name with {file} once and at least one other character, such as "{file}.tmp", without a folder',
  ),
  listingToConfirm: always(
    'true, because contract.listConfirmation: fileDisappears looks for the file in the folder',
  ),
  listingToRead: always(
    'true, because profiles reads exports from a folder of this server; or set profiles.export.server to another server',
  ),
  exportFile: always(
    'a file name without folders, such as "profiles_$yyyyMMdd.csv"; a date needs $yyyy, $MM and $dd, each once, and a $ must ' +
      'begin a placeholder ($yyyy, $MM, $dd, $HH, $mm or $ss)',
  ),
  exportColumns: always(
    'a map of technical names of attributes to headers, such as { profileId: profileId, emailAddress: emailAddress }',
  ),
  passwordOrKey: always('password: { env: NAME } or privateKey: { env: NAME }'),
  environmentOrUrl: message<{ environments: readonly string[] }>({
    examples: [{ environments: ['ENV-0', 'ENV-1', 'ENV-3', 'PREPROD'] }],
    says: ({ environments }) => `either environment (${environments.join(', ')}) or baseUrl, but not both`,
  }),
  routePath: message<{ placeholders: readonly string[] }>({
    examples: [{ placeholders: ['entity', 'table'] }, { placeholders: [] }],
    says: ({ placeholders }) =>
      `a path that starts with / and contains ${placeholders.map((name) => `{${name}}`).join(' and ') || 'no placeholder'}`,
  }),
  partName: always('a name'),
  partNameCharacters: always('a name of letters, digits, dots, underscores and hyphens'),

  // In activations/.
  attributeLength: message({
    examples: [{ most: 50 }],
    says: ({ most }) => `an attribute's technical name of at most ${most} characters`,
  }),
  attributeCharacters: always("an attribute's technical name (letters, digits, underscores)"),
  attributeOfOurs: message<{ technical: readonly string[] }>({
    examples: [{ technical: ['profileId', 'creationMoment', 'updateMoment'] }],
    says: ({ technical }) =>
      `an attribute other than Actito's technical attributes (${technical.join(', ')})`,
  }),
  country: message<{ meant?: string }>({
    examples: [{}, { meant: 'GB' }],
    says: ({ meant }) =>
      `a two-letter country code in capitals, such as BE${meant === undefined ? '' : ` (did you mean ${meant}?)`}`,
  }),
  noCountry: always('no country here, because only phone numbers need one (type: phone)'),
  table: always('table, schema.table or database.schema.table'),
  model: always(
    'the name of a dbt model, optionally after its package, schema or folders, and before its version, with dots between them',
  ),
  sqlFile: always('the path of a .sql file in the folder of the activation, without ".." and hidden names'),
  queryOrFile: always('a query, or { file: NAME.sql }'),
  oneSegment: always('exactly one of query, table and model'),
  importMode: always('oneShot, or { etl: <id of the ETL in Actito> }'),
  listIdentifier: always('profileId, or { column: <column of the segment>, attribute: <its attribute> }'),
  listName: always('a name without path separators, "..", invisible characters and reserved names'),
  fileName: always('a file name without folders; {list} is replaced with the name of the list'),
  grace: always('a number of runs such as "2 runs", or a duration such as 24h'),
  canary: message({
    examples: [{ least: 10, most: 10_000 }],
    says: ({ least, most }) => `a number of members from ${least} to ${most}`,
  }),
  wayOfSchedule: always('exactly one of cron, every and calendar'),
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
      `a valid cron expression: field ${CRON_FIELDS[field]}, ranges (1-5), steps (*/2) or lists (1,3)`,
  }),
  cronOfOneDay: always(
    'a cron expression with a day of month or a day of week, but not both (cron runs if either matches, Temporal only if ' +
      'both match); schedule.calendar supports both',
  ),
  cronThatComes: always('a cron expression for a day that exists; this day never occurs'),
  dayThatComes: always('a day that exists; this day never occurs'),
  pauseAfter: always('a duration such as 6h, or "never"'),
  timeZone: always('a time zone such as Europe/Paris'),
  noZoneHere: always('no time zone here, because only attributes of type DATE and TIMESTAMP use one'),
  noCountryHere: always('no country here, because only text can be a phone number'),
  noTimeZone: always('no time zone with every, because an interval has no time of day'),

  // In an option of the command line.
  positiveNumber: always('a whole number of at least 1'),
  limitOfRejects: always('a number such as 100, or a percentage such as 0.5%'),

  // In the argument of a workflow.
  mode: always('sync (the default), resync, preview, rebase or undo'),
  modeOfPreview: always('"sync", "resync", "rebase" or {"undo": the number of a run, as text}'),
  activationId: always('the id of an activation (the name of its file without .yaml)'),
  destinationId: always('the id of a destination (the name of its file without .yaml)'),
  targetId: always('the id of a destination or of an activation'),
  runNumber: always('the number of a run, as text'),
  plan: always('a plan hash'),
  planHash: always('a plan hash (12 characters)'),
  planOfUndo: always('a plan hash, because an undo must be planned first'),
  reasonOfRebase: always('text, because a rebase needs a reason'),
  reasonOfUndo: always('text, because an undo needs a reason'),
  record: always('the number of a record from the output of the forget command'),
  recordNumber: always('a number of at least 1'),
};

type Expected = typeof EXPECTED;
type FactsOf<N extends keyof Expected> = Expected[N] extends Message<infer F> ? F : never;
/** The name of an entry without facts. */
export type PlainExpected = { [N in keyof Expected]: FactsOf<N> extends NoFacts ? N : never }[keyof Expected];

/** What a value must be, in words, for the error of a schema. */
export function expected<N extends keyof Expected>(
  name: N,
  ...[facts]: FactsOf<N> extends NoFacts ? [] : [FactsOf<N>]
): string {
  const { says } = EXPECTED[name] as unknown as Message<object>;
  return says((facts as object | undefined) ?? {});
}
