import { PROGRAM } from '../commands.ts';
import { CHOICES, choiceInWords, type Choice } from './choice.ts';
import { advise, always, failure, message, type Told } from './message.ts';
import { counted } from './words.ts';

const CAUSE: Told = {
  reason: 'actitoRefused',
  facts: {},
  next: [],
  message: 'Actito answered 404 to GET lists.',
};

const FEW = {
  list: 'VIP customers',
  attribute: 'emailAddress',
  entity: 'shop',
  profileTable: 'Profiles',
  destination: 'actito',
};

/** Messages of the worker, and of activities where neither the state nor a driver is the cause. */
export const WORKER_MESSAGES = {
  planMissing: failure('Defect', {
    examples: [{ run: '12' }],
    says: ({ run }) => `Run ${run} has no plan.`,
  }),
  notProvisioned: failure('Defect', {
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) => `Activation ${activation} is not provisioned.`,
  }),
  notToRebase: failure('Defect', {
    examples: [{ run: '12' }],
    says: ({ run }) => `Run ${run} is not a rebase.`,
  }),
  sharedRowUnwritable: failure(
    'Defect',
    always('A row of a shared import cannot be written, although its own run wrote it before.'),
  ),
  sharedRowsMissing: failure('Defect', {
    examples: [{ rows: 2, keys: 3 }],
    says: ({ rows, keys }) => `A shared import file has ${rows} of the expected ${counted(keys, 'row')}.`,
  }),
  defect: failure<{ kind: string; code?: string; at: string[] }>('Defect', {
    examples: [
      { kind: 'TypeError', at: ['activities/plan.ts:12:3', 'activities/create.ts:44:9'] },
      { kind: 'Error', code: 'ERR_INVALID_ARG_TYPE', at: [] },
    ],
    says: ({ kind, code, at }) =>
      `An unexpected error occurred: ${kind}${code === undefined ? '' : ` (${code})`}` +
      `${at.length === 0 ? '' : ` at ${at.join(', ')}`}. Its text is not shown because it may contain personal data. This is a ` +
      `bug in ${PROGRAM}.`,
    next: () => advise('Report it with this message.'),
  }),
  activityTimedOut: failure<{ activity: string; last?: Told }>('TimedOut', {
    examples: [{ activity: 'compare' }, { activity: 'pushList', last: CAUSE }],
    says: ({ activity, last }) =>
      `The activity ${activity} did not finish before its timeout.${last === undefined ? '' : ` Last attempt: ${last.message}`}`,
  }),
  activityCancelled: always('The activity was canceled.'),
  workerShutDown: always('The worker shut down; another worker continues.'),
  temporaryFolderFull: failure('WorkerDiskFull', {
    examples: [{ folder: '/tmp', worker: 'worker-1', code: 'ENOSPC' }],
    says: ({ folder, worker, code }) =>
      `Worker ${worker} cannot write to its temporary folder ${folder} (${code}).`,
    next: () =>
      advise(
        'Free space there, or set TMPDIR to a folder with space for twice the segment. Nothing else was written.',
      ),
  }),
  rowsMissing: failure('SourceUnavailable', {
    examples: [{ counted: 1000, read: 600 }],
    says: ({ counted: reported, read }) =>
      `The segment is incomplete: the warehouse reported ${counted(reported, 'row')}, but ${read} arrived. Nothing was written.`,
  }),
  columnsUnsendable: failure('MappingInvalid', {
    examples: [{ activation: 'vip-customers', columns: [{ name: 'tags', type: 'text[]' }] }],
    says: ({ activation, columns }) =>
      `Activation ${activation} maps columns whose types cannot be sent to Actito: ` +
      `${columns.map(({ name, type }) => `${name} (${type})`).join(', ')}.`,
    next: () => advise("Cast them in the segment's query, for example to text."),
  }),
  listUnreadable: failure<{ list?: string }>('DeliveryRefused', {
    examples: [{ list: 'VIP customers' }, {}],
    says: ({ list }) =>
      `Actito retrieved the file of ${list === undefined ? 'the list' : `the list "${list}"`} but could not read it.`,
  }),
  nobodyTargeted: failure<{ list: string; members: number; identifier: string; destination: string }>(
    'NobodyTargeted',
    {
      examples: [
        { list: 'VIP customers', members: 1177, identifier: 'emailAddress', destination: 'actito' },
        { list: 'VIP customers', members: 1, identifier: 'emailAddress', destination: 'actito' },
      ],
      says: ({ list, members, identifier }) =>
        `The list "${list}" targets nobody: Actito retrieved it with ${counted(members, 'member')}, but none matches the ` +
        `${identifier} of a profile.`,
      next: ({ destination, identifier }) =>
        advise(
          `Check that the column of the list identifier has the same values as ${identifier} in Actito, and check the entity ` +
            `and the profile table in destinations/${destination}.`,
        ),
    },
  ),
  fewTargeted: failure<{
    list: string;
    members: number;
    profiles: number;
    attribute: string;
    entity: string;
    profileTable: string;
    destination: string;
  }>('NobodyTargeted', {
    examples: [
      { ...FEW, members: 1177, profiles: 12 },
      { ...FEW, members: 1177, profiles: 0 },
    ],
    says: ({ list, members, profiles }) =>
      `The list "${list}" targets ${profiles === 0 ? 'nobody' : `only ${counted(profiles, 'profile')}`}: Actito retrieved it with ` +
      `${counted(members, 'profile ID')} from the exports of profiles.`,
    next: ({ list, attribute, entity, profileTable, destination }) =>
      advise(
        `Check in Actito that the list "${list}" accepts profile IDs as its identifiers.`,
        `Check that the export is one of profile table ${profileTable} of entity ${entity}, which destinations/${destination} ` +
          'names, and that profiles.export.columns names its columns of the profile ID and of the matching key, ' +
          `${attribute}.`,
        'If many profiles were deleted or merged in Actito, let it write a full export, and run again.',
      ),
  }),
  listNotRetrieved: failure(
    'ListPending',
    always('The list was delivered; Actito has not retrieved it yet.'),
  ),
  listGone: failure<{ cause: Told }>('ActitoRefused', {
    examples: [{ cause: CAUSE }],
    says: ({ cause }) => cause.message,
    next: () => advise('If someone deleted the list in Actito, run again to create and fill it.'),
  }),
  wouldFail: message<{ type: string; cause: Told }>({
    examples: [{ type: 'ActitoRefused', cause: CAUSE }],
    says: ({ type, cause }) => `A run would fail with ${type}: ${cause.message}`,
  }),
  notLookedUp: message<{ type: string; cause: Told }>({
    examples: [{ type: 'ActitoUnavailable', cause: CAUSE }],
    says: ({ type, cause }) => `The lookup in Actito failed with ${type}: ${cause.message}`,
  }),
  workerLacksDestination: failure<Choice & { destination: string }>('ConfigurationInvalid', {
    examples: [
      { destination: 'actitto', ...CHOICES[0] },
      { destination: 'production', ...CHOICES[1] },
      { destination: 'actito', ...CHOICES[2] },
    ],
    says: ({ destination, ...choice }) =>
      `The worker's project has no destination "${destination}"${choiceInWords(choice) || '; its folder destinations/ is empty'}`,
  }),
  workerLacksTarget: failure<Choice & { target: string }>('ConfigurationInvalid', {
    examples: [
      { target: 'actitto', ...CHOICES[0] },
      { target: 'production', ...CHOICES[1] },
      { target: 'actito', ...CHOICES[2] },
    ],
    says: ({ target, ...choice }) =>
      `The worker's project has no destination or activation "${target}"${choiceInWords(choice)}`,
  }),
  othersNotClosed: message({
    examples: [{ why: 'The state database cannot be reached.' }],
    says: ({ why }) => `Ended runs of other activations could not be closed: ${why}`,
  }),
  workerUrlMissing: failure(
    'ConfigurationInvalid',
    always('ACTITO_SYNC_DATABASE_URL is not set. Set it to the URL of the state database (PostgreSQL).'),
  ),
  stateUnusable: failure('StateUnavailable', {
    examples: [{ why: 'ECONNREFUSED' }, { why: '28P01: the password is wrong' }],
    says: ({ why }) => `The state database cannot be used (${why}).`,
    next: () => advise('Check ACTITO_SYNC_DATABASE_URL.'),
  }),
  stoppedTooLate: failure(
    'TimedOut',
    always(
      'Running activities did not stop before the timeout. Nothing is lost: Temporal retries them on another worker after the ' +
        'heartbeat timeout.',
    ),
  ),
  healthPortTaken: failure('ConfigurationInvalid', {
    examples: [{ port: 8080, why: 'EADDRINUSE' }],
    says: ({ port, why }) => `The health check cannot listen on port ${port} (${why}).`,
    next: () => advise('Set ACTITO_SYNC_HEALTH_PORT to another port.'),
  }),
  healthPortUnusable: failure(
    'ConfigurationInvalid',
    always('ACTITO_SYNC_HEALTH_PORT must be a port number from 1 to 65535, or unset.'),
  ),
  healthPortMissing: failure(
    'ConfigurationInvalid',
    always('ACTITO_SYNC_HEALTH_PORT is not set, so the worker has no health check.'),
  ),
  workerInterrupted: message({
    examples: [{ why: 'Temporal answered PERMISSION_DENIED.', seconds: 8 }],
    says: ({ why, seconds }) =>
      `The worker lost the connection to Temporal and is not processing runs: ${why} Nothing is lost; it restarts in ${counted(seconds, 'second')}.`,
  }),
  workerNotLetGo: failure('TemporalUnavailable', {
    examples: [{ seconds: 15 }],
    says: ({ seconds }) =>
      `The Temporal server permanently rejected the worker, and the worker did not stop within ${counted(seconds, 'second')}. The process ` +
      'ends with exit code 1. Nothing is lost.',
    next: () =>
      advise(
        'Let Docker, Kubernetes or systemd restart the process. Check TEMPORAL_ADDRESS, and any proxy between the worker and ' +
          'Temporal.',
      ),
  }),
  workerEnded: message({
    examples: [{ why: 'The state database cannot be used (ECONNREFUSED).' }],
    says: ({ why }) => `The worker stopped: ${why}`,
  }),
  workerSilent: message({
    examples: [{ why: 'ECONNREFUSED' }],
    says: ({ why }) => `The worker is not responding: ${why}`,
  }),
};
