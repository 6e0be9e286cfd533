import { PROGRAM } from '../commands.ts';
import { CHOICES, choiceInWords, type Choice } from './choice.ts';
import { advise, always, failure, message, type Told } from './message.ts';

const CAUSE: Told = {
  reason: 'actitoRefused',
  facts: {},
  next: [],
  message: 'Actito answered 404 to GET lists.',
};

/** What is said by the worker, and by activities of what is neither the state's nor a driver's. */
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
    says: ({ run }) => `Run ${run} is not to rebase.`,
  }),
  sharedRowUnwritable: failure(
    'Defect',
    always('A row of a shared import cannot be written, although its own run could write it.'),
  ),
  sharedRowsMissing: failure('Defect', {
    examples: [{ rows: 2, keys: 3 }],
    says: ({ rows, keys }) => `A shared import file has ${rows} of ${keys} rows.`,
  }),
  defect: failure<{ kind: string; code?: string; at: string[] }>('Defect', {
    examples: [
      { kind: 'TypeError', at: ['activities/plan.ts:12:3', 'activities/create.ts:44:9'] },
      { kind: 'Error', code: 'ERR_INVALID_ARG_TYPE', at: [] },
    ],
    says: ({ kind, code, at }) =>
      `An error that was not foreseen: ${kind}${code === undefined ? '' : ` (${code})`}` +
      `${at.length === 0 ? '' : `, at ${at.join(', ')}`}. What it says is not shown, since it may name people. This is a ` +
      `defect of ${PROGRAM}.`,
    next: () => advise('Report it with these lines.'),
  }),
  activityTimedOut: failure<{ activity: string; last?: Told }>('TimedOut', {
    examples: [{ activity: 'compare' }, { activity: 'pushList', last: CAUSE }],
    says: ({ activity, last }) =>
      `${activity} did not end in time.${last === undefined ? '' : ` The last try said: ${last.message}`}`,
  }),
  activityCancelled: always('The activity was cancelled.'),
  workerShutDown: always('The worker shut down; another goes on.'),
  temporaryFolderFull: failure('WorkerDiskFull', {
    examples: [{ folder: '/tmp', worker: 'worker-1', code: 'ENOSPC' }],
    says: ({ folder, worker, code }) =>
      `The temporary folder ${folder} of worker ${worker} cannot be written to (${code}).`,
    next: () =>
      advise(
        'Make room there, or set TMPDIR to a folder with space for twice the segment; nothing was written anywhere else.',
      ),
  }),
  rowsMissing: failure('SourceUnavailable', {
    examples: [{ counted: 1000, read: 600 }],
    says: ({ counted, read }) =>
      `The warehouse counted ${counted} rows, and ${read} arrived. Nothing was written.`,
  }),
  columnsUnsendable: failure('MappingInvalid', {
    examples: [{ activation: 'vip-customers', columns: [{ name: 'tags', type: 'text[]' }] }],
    says: ({ activation, columns }) =>
      `Activation ${activation} maps columns of a type that Actito cannot hold: ` +
      `${columns.map(({ name, type }) => `${name} (${type})`).join(', ')}.`,
    next: () => advise("Cast them in the segment's query, for example to text."),
  }),
  listUnreadable: failure<{ list?: string }>('DeliveryRefused', {
    examples: [{ list: 'VIP customers' }, {}],
    says: ({ list }) =>
      `Actito found the file of ${list === undefined ? 'the list' : `list ${list}`} and could not read it.`,
  }),
  nobodyTargeted: failure<{ list: string; members: number; identifier: string; destination: string }>(
    'NobodyTargeted',
    {
      examples: [
        { list: 'VIP customers', members: 1177, identifier: 'emailAddress', destination: 'actito' },
        { list: 'VIP customers', members: 1, identifier: 'emailAddress', destination: 'actito' },
      ],
      says: ({ list, members, identifier }) =>
        `Actito has retrieved the list "${list}" of ${members} ${members === 1 ? 'member' : 'members'}, and it targets nobody: ` +
        `no profile has any of them as its ${identifier}.`,
      next: ({ destination, identifier }) =>
        advise(
          `Check that the column of the list's identifier holds what Actito keeps in ${identifier}, and that ` +
            `destinations/${destination} names the entity and the profile table of these people.`,
        ),
    },
  ),
  listNotRetrieved: failure('ListPending', always('The file is delivered; Actito has not retrieved it yet.')),
  listGone: failure<{ cause: Told }>('ActitoRefused', {
    examples: [{ cause: CAUSE }],
    says: ({ cause }) => cause.message,
    next: () => advise('If someone deleted the list in Actito: run again, which makes it anew and fills it.'),
  }),
  wouldFail: message<{ type: string; cause: Told }>({
    examples: [{ type: 'ActitoRefused', cause: CAUSE }],
    says: ({ type, cause }) => `A run would fail: ${type}: ${cause.message}`,
  }),
  notLookedUp: message<{ type: string; cause: Told }>({
    examples: [{ type: 'ActitoUnavailable', cause: CAUSE }],
    says: ({ type, cause }) => `Could not be looked up: ${type}: ${cause.message}`,
  }),
  workerLacksDestination: failure<Choice & { destination: string }>('ConfigurationInvalid', {
    examples: [
      { destination: 'actitto', ...CHOICES[0] },
      { destination: 'production', ...CHOICES[1] },
      { destination: 'actito', ...CHOICES[2] },
    ],
    says: ({ destination, ...choice }) =>
      `The project has no destination "${destination}"${choiceInWords(choice) || '; its folder destinations/ is empty'}`,
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
    says: ({ why }) => `Runs of other activations that have ended could not be closed: ${why}`,
  }),
  workerUrlMissing: failure(
    'ConfigurationInvalid',
    always('ACTITO_SYNC_DATABASE_URL is not set: the URL of the PostgreSQL that keeps the state.'),
  ),
  stateUnusable: failure('StateUnavailable', {
    examples: [{ why: 'ECONNREFUSED' }, { why: '28P01: the password is wrong' }],
    says: ({ why }) => `The state database cannot be used (${why}).`,
    next: () => advise('Check ACTITO_SYNC_DATABASE_URL.'),
  }),
  stoppedTooLate: failure(
    'TimedOut',
    always(
      'What was under way could not be stopped in time. Nothing is lost: Temporal gives it to another worker as soon as it ' +
        'misses the heartbeats of this one.',
    ),
  ),
  healthPortTaken: failure('ConfigurationInvalid', {
    examples: [{ port: 8080, why: 'EADDRINUSE' }],
    says: ({ port, why }) => `The health check cannot listen on port ${port} (${why}).`,
    next: () => advise('Choose another ACTITO_SYNC_HEALTH_PORT.'),
  }),
  healthPortUnusable: failure(
    'ConfigurationInvalid',
    always('ACTITO_SYNC_HEALTH_PORT must hold a port number from 1 to 65535, or not be set.'),
  ),
  healthPortMissing: failure(
    'ConfigurationInvalid',
    always('ACTITO_SYNC_HEALTH_PORT is not set: the worker has no health check to ask.'),
  ),
  workerInterrupted: message({
    examples: [{ why: 'Temporal answered PERMISSION_DENIED.', seconds: 8 }],
    says: ({ why, seconds }) =>
      `The worker lost Temporal and takes no work: ${why} Nothing is lost; it starts again in ${seconds} seconds.`,
  }),
  workerNotLetGo: failure('TemporalUnavailable', {
    examples: [{ seconds: 15 }],
    says: ({ seconds }) =>
      `Temporal, or what answers in its place, refused the worker for good. The worker did not end within ${seconds} seconds, so the ` +
      'process ends with exit code 1. Nothing is lost.',
    next: () =>
      advise(
        'Let the supervisor of the process (Docker, Kubernetes, systemd) start it again. Check TEMPORAL_ADDRESS, and what stands ' +
          'between the worker and Temporal.',
      ),
  }),
  workerEnded: message({
    examples: [{ why: 'The state database cannot be used (ECONNREFUSED).' }],
    says: ({ why }) => `The worker ended: ${why}`,
  }),
  workerSilent: message({
    examples: [{ why: 'ECONNREFUSED' }],
    says: ({ why }) => `The worker does not answer: ${why}`,
  }),
};
