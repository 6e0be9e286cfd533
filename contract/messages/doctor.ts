import { WHERE_ETLS_ARE } from './actito.ts';
import { validateCommand } from '../commands.ts';
import { advise, always, failure, message } from './message.ts';
import { counted } from './words.ts';

const EXPORTS = {
  server: 'sftp://sftp.example.com:22',
  directory: '/exports',
  newest: 'profiles_20260131.csv.gz',
  columns: 2,
};

/** What `doctor` reports for each check: the finding, and what to do if the check fails. */
export const DOCTOR_MESSAGES = {
  probeSilent: message({
    examples: [{ seconds: 30 }],
    says: ({ seconds }) => `no response within ${counted(seconds, 'second')}`,
  }),
  probeNotTried: message({
    examples: [{ since: 'profile table of actito' }],
    says: ({ since }) => `not checked, because "${since}" failed`,
  }),
  adviseOther: always('Fix that check first.'),
  projectRead: message({
    examples: [
      { sources: 1, destinations: 1, activations: 12, warnings: 0 },
      { sources: 1, destinations: 1, activations: 12, warnings: 1 },
    ],
    says: ({ sources, destinations, activations, warnings }) =>
      [
        counted(sources, 'source'),
        counted(destinations, 'destination'),
        counted(activations, 'activation'),
      ].join(', ') + (warnings === 0 ? '' : `; ${counted(warnings, 'warning')}.`),
    next: ({ warnings }) => (warnings === 0 ? [] : [{ advice: 'Show', command: validateCommand() }]),
  }),
  adviseProject: message({
    examples: [{ folder: '/srv/activations' }],
    says: ({ folder }) =>
      `Fix the files, or correct ACTITO_SYNC_PROJECT in the environment of the worker (it reads ${folder}).`,
    next: () => [{ advice: 'Check the folder with', command: validateCommand() }],
  }),
  stateReady: message({
    examples: [{ version: '17.2' }],
    says: ({ version }) => `PostgreSQL ${version}, schema up to date`,
  }),
  stateOutdated: failure('StateRefused', {
    examples: [{ missing: ['002.sql'] }],
    says: ({ missing }) =>
      `The schema of the state database lacks the ${missing.length === 1 ? 'migration' : 'migrations'} ${missing.join(', ')}.`,
    next: () => advise('Restart the worker, which updates the schema.'),
  }),
  adviseState: always(
    'Check ACTITO_SYNC_DATABASE_URL in the environment of the worker, and that PostgreSQL accepts connections from it.',
  ),
  temporalReady: message({
    examples: [{ namespace: 'default', names: ['Activation', 'RunPhase', 'RunOutcome'] }],
    says: ({ namespace, names }) => `namespace ${namespace}, with the search attributes ${names.join(', ')}`,
  }),
  namespaceLacks: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'default', missing: ['RunOutcome'] }],
    says: ({ namespace, missing }) =>
      `Namespace ${namespace} lacks the search attributes ${missing.join(', ')}.`,
  }),
  adviseTemporal: always(
    'Restart the worker. It registers the missing search attributes, or stops with the reason why it cannot.',
  ),
  clockUntold: always('the server sent no time to compare'),
  clockApart: message({
    examples: [{ apart: 0 }, { apart: 12 }, { apart: -12 }],
    says: ({ apart }) => (apart === 0 ? "same time as the worker's clock" : apartInWords(apart)),
  }),
  clockTooFarApart: failure('ConfigurationInvalid', {
    examples: [{ apart: -3600, most: 60 }],
    says: ({ apart, most }) => `The clock is ${apartInWords(apart)}; the limit is ${most} s.`,
  }),
  adviseClock: always('Synchronize the clocks with NTP, starting with the machine of the worker.'),
  actitoSilent: failure('ActitoUnavailable', {
    examples: [{ why: 'ECONNREFUSED' }],
    says: ({ why }) => `Actito cannot be reached (${why}).`,
  }),
  keyAccepted: message({
    examples: [{ entity: 'shop' }],
    says: ({ entity }) => `accepted, with access to the entity ${entity}`,
  }),
  proxyUsed: message({
    examples: [{ proxy: 'proxy.example.com:3128' }],
    says: ({ proxy }) => `reached through the proxy ${proxy} (HTTPS_PROXY of the worker)`,
  }),
  entityNotShown: failure<{ entity: string; shown: string[]; more: boolean }>('ConfigurationInvalid', {
    examples: [
      { entity: 'shop', shown: ['shop-nl', 'shop-be'], more: true },
      { entity: 'shop', shown: [], more: false },
    ],
    says: ({ entity, shown, more }) =>
      `This API key cannot see the entity "${entity}". It can see ` +
      `${shown.length === 0 ? 'no entities' : `${shown.join(', ')}${more ? ' and others' : ''}`}.`,
  }),
  adviseKey: message({
    examples: [{ variable: 'ACTITO_API_KEY', destination: 'actito' }],
    says: ({ variable, destination }) =>
      `Check ${variable} in the environment of the worker, environment (or baseUrl) and entity in ` +
      `destinations/${destination}.yaml, and the permissions of the API key in Actito.`,
  }),
  tableFound: message({
    examples: [{ table: 'Customers', id: '7', attributes: 40 }],
    says: ({ table, id, attributes }) => `${table} (id ${id}), with ${counted(attributes, 'attribute')}`,
  }),
  adviseTable: message({
    examples: [{ destination: 'actito' }],
    says: ({ destination }) =>
      `Check profileTable in destinations/${destination}.yaml, and that the API key can read the structure of profile tables.`,
  }),
  listsReadable: message({
    examples: [{ lists: 12, ours: 3 }],
    says: ({ lists, ours }) => `${counted(lists, 'list')}, ${ours} created by actito-sync`,
  }),
  adviseLists: message({
    examples: [{ destination: 'actito' }],
    says: ({ destination }) =>
      `If your license has another path for lists, set contract.paths.lists in destinations/${destination}.yaml. If the API ` +
      'does not offer lists, create them in Actito and set list.provision: existing.',
  }),
  fileServerWorks: message({
    examples: [{ server: 'sftp://sftp.example.com:22', directory: '/in' }],
    says: ({ server, directory }) => `${server}: wrote, renamed and deleted a file in ${directory}`,
  }),
  adviseFileServer: message({
    examples: [{ destination: 'actito', directory: '/in' }],
    says: ({ destination, directory }) =>
      `Check delivery in destinations/${destination}.yaml, and that the account can list, write, rename and delete files in ${directory}.`,
  }),
  exportsReadable: message<{
    server: string;
    directory: string;
    daily: number;
    full: number;
    newest: string;
    /** Null if the server does not report it. */
    hours: number | null;
    read: string;
    columns: number;
  }>({
    examples: [
      { ...EXPORTS, daily: 3, full: 1, hours: 5, read: EXPORTS.newest },
      { ...EXPORTS, daily: 3, full: 0, hours: null, read: 'profiles_20260130.csv.gz' },
    ],
    says: ({ server, directory, daily, full, newest, hours, read, columns }) =>
      `${server}: ${counted(daily, 'daily export')} and ${counted(full, 'full export')} in ${directory}; ` +
      `the newest, ${newest}, ${hours === null ? 'has no date' : `is ${counted(hours, 'hour')} old`}; ` +
      `${read === newest ? 'it' : read} has all ${counted(columns, 'column')}`,
  }),
  exportsMissing: failure<{ directory: string; patterns: string[]; others: number }>('ExportInvalid', {
    examples: [
      { directory: '/exports', patterns: ['profiles_$yyyyMMdd.csv.gz'], others: 0 },
      { directory: '/exports', patterns: ['profiles_$yyyyMMdd.csv.gz', 'profiles_full*.csv'], others: 4 },
    ],
    says: ({ directory, patterns, others }) =>
      `${directory} has no file named ${patterns.join(' or ')}` +
      (others === 0 ? '; it is empty.' : `; it has ${counted(others, 'other file')}.`),
  }),
  exportsOld: failure<{ file: string; hours: number; limit: number }>('ExportInvalid', {
    examples: [{ file: EXPORTS.newest, hours: 60, limit: 48 }],
    says: ({ file, hours, limit }) =>
      `The newest export, ${file}, is ${hours} hours old; the limit is ${limit} (profiles.maxAge).`,
  }),
  adviseExports: message({
    examples: [{ destination: 'actito', directory: '/exports' }],
    says: ({ destination, directory }) =>
      `Check profiles in destinations/${destination}.yaml, and in Actito that the export of the profiles is active and writes to ${directory}.`,
  }),
  keyUnique: message<{ key: string; identifier?: string }>({
    examples: [{ key: 'customerId' }, { key: 'customerId', identifier: 'emailAddress' }],
    says: ({ key, identifier }) =>
      identifier === undefined ? `${key} is unique` : `${key} and ${identifier} (for the list) are unique`,
  }),
  adviseMatchingKey: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) =>
      `Choose a unique attribute in activations/${activation}.yaml, or make this one unique in Actito.`,
  }),
  attributesThere: message<{ there: number; mapped: number; created: { name: string; type: string }[] }>({
    examples: [
      { there: 2, mapped: 2, created: [] },
      { there: 1, mapped: 2, created: [{ name: 'tier', type: 'STRING' }] },
    ],
    says: ({ there, mapped, created }) =>
      `${there} of ${counted(mapped, 'mapped attribute')} ${there === 1 ? 'exists' : 'exist'}` +
      (created.length === 0
        ? ''
        : `; the first run creates ${created.map(({ name, type }) => `${name} (${type})`).join(', ')}`),
  }),
  adviseAttributes: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) =>
      `Correct attributes in activations/${activation}.yaml, or add the missing attributes in Actito.`,
  }),
  sourceAnswers: message({
    examples: [{ timeout: '10 minutes' }],
    says: ({ timeout }) => `connected; the timeout of a query is ${timeout}`,
  }),
  adviseSource: message({
    examples: [{ source: 'shop' }],
    says: ({ source }) =>
      `Check sources/${source}.yaml, its variables in the environment of the worker, and that the warehouse accepts connections from the worker's address.`,
  }),
  segmentUnderstood: message({
    examples: [{ columns: 3 }],
    says: ({ columns }) => `the warehouse has all ${counted(columns, 'column')}`,
  }),
  adviseSegment: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) =>
      `Correct segment, matchingKey or attributes in activations/${activation}.yaml. If the check of the source failed, fix that first.`,
  }),
  adviseEtl: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) =>
      `Check importMode in activations/${activation}.yaml, and that the API key has the right read_imports.`,
  }),
  whereEtlsAre: always(`${WHERE_ETLS_ARE}.`),
  adviseVariable: always('Set this variable in the environment of the worker.'),
};

function apartInWords(seconds: number): string {
  return `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the worker's clock`;
}
