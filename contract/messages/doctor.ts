import { WHERE_ETLS_ARE } from './actito.ts';
import { validateCommand } from '../commands.ts';
import { advise, always, failure, message } from './message.ts';

/** What `doctor` says of each thing that it tries: what it found, and below what to do when that is not well. */
export const DOCTOR_MESSAGES = {
  probeSilent: message({
    examples: [{ seconds: 30 }],
    says: ({ seconds }) => `no answer within ${seconds} seconds`,
  }),
  probeNotTried: message({
    examples: [{ since: 'profile table of actito' }],
    says: ({ since }) => `not tried, since the probe "${since}" failed`,
  }),
  adviseOther: always('Mend that one first.'),
  projectRead: message({
    examples: [
      { sources: 1, destinations: 1, activations: 12, warnings: 0 },
      { sources: 1, destinations: 1, activations: 12, warnings: 1 },
    ],
    says: ({ sources, destinations, activations, warnings }) =>
      [count(sources, 'source'), count(destinations, 'destination'), count(activations, 'activation')].join(
        ', ',
      ) + (warnings === 0 ? '' : `; ${count(warnings, 'warning')}.`),
    next: ({ warnings }) => (warnings === 0 ? [] : [{ advice: 'See', command: validateCommand() }]),
  }),
  adviseProject: message({
    examples: [{ folder: '/srv/activations' }],
    says: ({ folder }) =>
      `Correct the files, or ACTITO_SYNC_PROJECT where the worker runs (it reads ${folder}).`,
    next: () => [{ advice: 'The same is shown by', command: validateCommand() }],
  }),
  stateReady: message({
    examples: [{ version: '17.2' }],
    says: ({ version }) => `PostgreSQL ${version}, its schema is up to date`,
  }),
  stateOutdated: failure('StateRefused', {
    examples: [{ missing: ['002.sql'] }],
    says: ({ missing }) => `Its schema lacks ${missing.join(', ')}.`,
    next: () => advise('Start the worker again, which brings it up to date.'),
  }),
  adviseState: always(
    'Check ACTITO_SYNC_DATABASE_URL where the worker runs, and that PostgreSQL lets it in.',
  ),
  temporalReady: message({
    examples: [{ namespace: 'default', names: ['ActitoActivation', 'ActitoOutcome'] }],
    says: ({ namespace, names }) => `namespace ${namespace}, with the search attributes ${names.join(', ')}`,
  }),
  namespaceLacks: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'default', missing: ['ActitoOutcome'] }],
    says: ({ namespace, missing }) =>
      `Namespace ${namespace} lacks the search attributes ${missing.join(', ')}.`,
  }),
  adviseTemporal: always(
    'Start the worker again: it registers what is missing, or ends and says why it cannot.',
  ),
  clockUntold: always('it tells no time, so that nothing was compared'),
  clockApart: message({
    examples: [{ apart: 0 }, { apart: 12 }, { apart: -12 }],
    says: ({ apart }) => (apart === 0 ? "with the worker's" : apartInWords(apart)),
  }),
  clockTooFarApart: failure('ConfigurationInvalid', {
    examples: [{ apart: -3600, most: 60 }],
    says: ({ apart, most }) => `It is ${apartInWords(apart)}; more than ${most} s do harm.`,
  }),
  adviseClock: always('Set the clocks by NTP, the one of the machine with the worker first.'),
  actitoSilent: failure('ActitoUnavailable', {
    examples: [{ why: 'ECONNREFUSED' }],
    says: ({ why }) => `Actito cannot be reached (${why}).`,
  }),
  keyAccepted: message({
    examples: [{ entity: 'shop' }],
    says: ({ entity }) => `accepted, and may see the entity ${entity}`,
  }),
  proxyUsed: message({
    examples: [{ proxy: 'proxy.example.com:3128' }],
    says: ({ proxy }) => `reached through the proxy ${proxy}, which HTTPS_PROXY of the worker names`,
  }),
  entityNotShown: failure<{ entity: string; shown: string[]; more: boolean }>('ConfigurationInvalid', {
    examples: [
      { entity: 'shop', shown: ['shop-nl', 'shop-be'], more: true },
      { entity: 'shop', shown: [], more: false },
    ],
    says: ({ entity, shown, more }) =>
      `Actito shows this key no entity ${entity}; it shows ${shown.join(', ') || 'none'}${more ? ' and more' : ''}.`,
  }),
  adviseKey: message({
    examples: [{ variable: 'ACTITO_API_KEY', destination: 'actito' }],
    says: ({ variable, destination }) =>
      `Check ${variable} where the worker runs, environment (or baseUrl) and entity in destinations/${destination}.yaml, and ` +
      "the key's rights in Actito.",
  }),
  tableFound: message({
    examples: [{ table: 'Customers', id: '7', attributes: 40 }],
    says: ({ table, id, attributes }) => `${table} (id ${id}), with ${attributes} attributes`,
  }),
  adviseTable: message({
    examples: [{ destination: 'actito' }],
    says: ({ destination }) =>
      `Check profileTable in destinations/${destination}.yaml, and that the key may read the structure of profile tables.`,
  }),
  listsReadable: message({
    examples: [{ lists: 12, ours: 3 }],
    says: ({ lists, ours }) => `readable; ${lists} there, ${ours} of them made by actito-sync`,
  }),
  adviseLists: message({
    examples: [{ destination: 'actito' }],
    says: ({ destination }) =>
      'Where lists cannot be read, a marketer makes them: list.provision: existing. Otherwise contract.paths.lists in ' +
      `destinations/${destination}.yaml says where they are.`,
  }),
  fileServerWorks: message({
    examples: [{ server: 'sftp://sftp.example.com:22', directory: '/in' }],
    says: ({ server, directory }) => `${server}: a file was written, renamed and deleted in ${directory}`,
  }),
  adviseFileServer: message({
    examples: [{ destination: 'actito', directory: '/in' }],
    says: ({ destination, directory }) =>
      `Check delivery in destinations/${destination}.yaml, and that the account may list, write, rename and delete in ${directory}.`,
  }),
  keyUnique: message<{ key: string; identifier?: string }>({
    examples: [{ key: 'customerId' }, { key: 'customerId', identifier: 'emailAddress' }],
    says: ({ key, identifier }) =>
      `${key} is unique${identifier === undefined ? '' : `, and ${identifier} for the list`}`,
  }),
  adviseMatchingKey: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) =>
      `Choose a unique attribute in activations/${activation}.yaml, or have this one made unique in Actito.`,
  }),
  attributesThere: message<{ there: number; mapped: number; created: { name: string; type: string }[] }>({
    examples: [
      { there: 2, mapped: 2, created: [] },
      { there: 1, mapped: 2, created: [{ name: 'tier', type: 'STRING' }] },
    ],
    says: ({ there, mapped, created }) =>
      `${there} of ${mapped} mapped attributes are there` +
      (created.length === 0
        ? ''
        : `; the first run creates ${created.map(({ name, type }) => `${name} (${type})`).join(', ')}`),
  }),
  adviseAttributes: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) =>
      `Correct attributes in activations/${activation}.yaml, or add what is missing in Actito.`,
  }),
  sourceAnswers: message({
    examples: [{ timeout: '10 minutes' }],
    says: ({ timeout }) => `answers; a query may take ${timeout}`,
  }),
  adviseSource: message({
    examples: [{ variable: 'WAREHOUSE_URL' }],
    says: ({ variable }) =>
      `Check ${variable} where the worker runs, and that the warehouse lets the worker's address in.`,
  }),
  segmentUnderstood: message({
    examples: [{ columns: 3 }],
    says: ({ columns }) => `the warehouse has the ${columns} columns that are read`,
  }),
  adviseSegment: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) =>
      `Correct segment, matchingKey or attributes in activations/${activation}.yaml; if the source failed too, mend that first.`,
  }),
  whereEtlsAre: always(`${WHERE_ETLS_ARE}.`),
  adviseVariable: always('Set that variable where the worker runs.'),
};

function count(many: number, name: string): string {
  return `${many} ${name}${many === 1 ? '' : 's'}`;
}

function apartInWords(seconds: number): string {
  return `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the worker's`;
}
