import { cancelCommand, forgetCommand, PROGRAM, rebaseCommand, resyncCommand } from '../commands.ts';
import { connectionInWords } from './connections.ts';
import { advise, always, failure, type Next } from './message.ts';
import { conditionOf } from './sqlstates.ts';

/** The environment variable that says where the state is. */
const VARIABLE = 'ACTITO_SYNC_DATABASE_URL';
const VIP = 'vip-customers';

export interface Damaged {
  activation: string;
  found: number;
  expected: number;
}

export interface Locked {
  waited: string;
  holders: { machine: string; process: string; run?: string }[];
  /** Sessions whose names are none of ours. */
  others: number;
}
const DAMAGED: [Damaged, Damaged] = [
  { activation: VIP, found: 999, expected: 1000 },
  { activation: VIP, found: 1000, expected: 1000 },
];

/** What is said of our own database, and of what is acknowledged in it. */
export const STATE_MESSAGES = {
  leaseLost: failure(
    'RunSuperseded',
    always('A newer run has taken over this activation; this one no longer writes.'),
  ),
  runClosed: failure('RunSuperseded', always('This run was closed by the one that took over from it.')),
  runAbandoned: always('The workflow ended without closing its run (terminated, or timed out).'),
  runTablesDropped: failure(
    'RunSuperseded',
    always('The run was closed and its tables were dropped; this attempt no longer writes.'),
  ),
  runUnknown: failure('StateDamaged', {
    examples: [{ run: '12' }],
    says: ({ run }) =>
      `The state database does not know run ${run} of this workflow: it was lost, restored or replaced while the run was open. This ` +
      'run ends; what it sent to Actito and did not settle is not noted in the state.',
    next: () =>
      advise(
        'Check ACTITO_SYNC_DATABASE_URL. If the database was lost or restored, follow docs/operations.md, "The state database is lost"; then ' +
          'run again.',
      ),
  }),
  runReset: failure('RunSuperseded', {
    examples: [{ run: '12' }],
    says: ({ run }) =>
      `This workflow was reset in Temporal after it had opened run ${run}. Run ${run} belongs to the execution before the reset, so ` +
      'this execution cannot continue it. Nothing was sent by this execution.',
    next: () =>
      advise(
        'Start a new run. It settles what the reset run left open, and compares the segment with what Actito has confirmed.',
      ),
  }),
  stateNoWayBack: failure('StateRefused', always('The state cannot be migrated down: restore a backup.')),
  otherDeliveryBegun: failure('RunSuperseded', always('This run has begun to deliver another list.')),
  heldNotDelivered: failure(
    'RunSuperseded',
    always('A guard holds this run; its list must not be delivered.'),
  ),
  settledMeanwhile: failure('RunUnderWay', {
    examples: [{ activation: VIP }],
    says: ({ activation }) =>
      `A run of activation ${activation} has settled while its segment was read; it is compared again.`,
  }),
  stateChangedMeanwhile: failure('RunSuperseded', {
    examples: [{ activation: VIP }],
    says: ({ activation }) =>
      `The state of activation ${activation} has changed while its segment was read; nothing was written.`,
  }),
  stateRefused: failure('StateRefused', {
    examples: [{ code: '42501' }],
    says: ({ code }) =>
      `The state database answered ${code} (${conditionOf(code)}). This is a defect of ${PROGRAM}, or its schema was changed; ` +
      "the database's own log has the statement.",
  }),
  stateBusy: failure('StateUnavailable', {
    examples: [{ code: '57P01' }],
    says: ({ code }) => `The state database answered ${code} (${conditionOf(code)}).`,
  }),
  stateLocked: failure<Locked>('StateUnavailable', {
    examples: [
      { waited: '60s', holders: [{ machine: 'worker-1', process: '4711', run: '12' }], others: 0 },
      { waited: '60s', holders: [{ machine: 'worker-1', process: '4711' }], others: 1 },
      { waited: '60s', holders: [], others: 0 },
    ],
    says: ({ waited, holders, others }) => {
      const held = holders.map(
        ({ machine, process, run }) =>
          `${run === undefined ? 'a session' : `run ${run}`} of process ${process} on ${machine}`,
      );
      if (others > 0) held.push(`${others} session(s) of another program`);
      return (
        `A lock in the state database was not free within ${waited}` +
        `${held.length === 0 ? '' : `; it is held by ${held.join(', ')}`}.`
      );
    },
    next: () => advise('If it happens again and again, end what holds the lock; a worker may be frozen.'),
  }),
  stateUnreachable: failure<{ code?: string }>('StateUnavailable', {
    examples: [{ code: 'ECONNREFUSED' }, { code: 'ERR_POSTGRES_NO_ANSWER' }, {}],
    says: ({ code }) =>
      `The state database (${VARIABLE}) cannot be reached (${connectionInWords(code ?? 'connection lost')}).`,
  }),
  stateTooOld: failure('StateRefused', {
    examples: [{ version: '13.4', oldest: 14 }],
    says: ({ version, oldest }) =>
      `The state database (${VARIABLE}) is PostgreSQL ${version}; it must be ${oldest} or newer.`,
  }),
  stateOfBefore: failure('StateRefused', {
    examples: [{ schema: 'actito_sync', migrations: '001.sql, 002.sql' }],
    says: ({ schema, migrations }) =>
      `The state database (${VARIABLE}) has a schema ${schema} of a version before 0.1.0, with other tables ` +
      `(migrations: ${migrations}). Those versions were never released, so it cannot be upgraded.`,
    next: ({ schema }) => [
      ...advise(`Drop it (drop schema ${schema} cascade) and start the worker again: it creates a new one.`),
      {
        advice: 'If Actito has what the segments say, then for each activation, before its next run',
        command: rebaseCommand('<activation>'),
      },
    ],
  }),
  stateLacksTables: failure('StateRefused', {
    examples: [{ code: '42P01' }],
    says: ({ code }) =>
      `The state database (${VARIABLE}) lacks tables of this version of ${PROGRAM} (${code}).`,
    next: () =>
      advise(
        'They are made when a worker of this version starts: npm run worker. If one runs, this is another database than ' +
          'its own.',
      ),
  }),
  stateRefusesAccess: failure('StateRefused', {
    examples: [{ code: '28P01' }],
    says: ({ code }) => `The state database refuses access (${code}).`,
    next: () =>
      advise(
        `Check user, password and database in ${VARIABLE}, and that the user may read the schema actito_sync (forget also ` +
          'writes: it needs the rights of the worker).',
      ),
  }),
  stateNotConfigured: failure(
    'ConfigurationInvalid',
    always(
      `${VARIABLE} is not set. This command reads the PostgreSQL that keeps the state.`,
      ...advise(
        "Give it the worker's URL, such as postgres://user:password@host:5432/database, or that of a user who may only read " +
          '(forget also writes).',
      ),
    ),
  ),
  acknowledgedDamaged: failure<Damaged>('StateDamaged', {
    examples: DAMAGED,
    says: ({ activation, found, expected }) =>
      `The state database holds ${found} members of the list of activation ${activation}; ${expected} were acknowledged` +
      `${notTheSame(found, expected)}. Someone changed or restored its tables.`,
    next: ({ activation }) => startOver(activation, 'If Actito has what the segment says'),
  }),
  listDamaged: failure<Damaged>('StateDamaged', {
    examples: DAMAGED,
    says: ({ activation, found, expected }) =>
      `The state database has ${found} members for the list of activation ${activation}; ${expected} were planned` +
      `${notTheSame(found, expected)}. Someone changed its tables; nothing was delivered.`,
    next: ({ activation }) => [
      ...advise('Run again.'),
      ...startOver(activation, 'If that fails too, and Actito has what the segment says'),
    ],
  }),
  runTablesInUse: failure('RunUnderWay', {
    examples: [{ activation: VIP, runs: ['12', '13'] }],
    says: ({ activation, runs }) =>
      `What run ${runs.join(', ')} of ${activation} read is still in use, although it has ended; it is dropped as soon as ` +
      'it is not.',
  }),
  erasureWaits: failure('RunUnderWay', {
    examples: [
      { activation: VIP, workflowId: `activation/${VIP}`, preview: false },
      { activation: VIP, workflowId: `plan/${VIP}`, preview: true },
    ],
    says: ({ activation, workflowId }) =>
      `${workflowId} is running activation ${activation}, and holds what it read until it ends; then the person is erased ` +
      'there.',
    next: ({ activation, preview }) => [
      {
        advice: 'To end it sooner',
        command: cancelCommand({ activation, mode: preview ? 'preview' : 'sync' }),
      },
    ],
  }),
  wishNotRecorded: failure('StateUnavailable', {
    examples: [{ waited: '60s' }],
    says: ({ waited }) =>
      `The wish was not recorded: a worker has been writing to the state database for more than ${waited}; it may be frozen.`,
    next: () => advise('Try again; if that fails, restart the workers.'),
  }),
  recordUnknown: failure('InvalidActivation', {
    examples: [{ record: '7' }],
    says: ({ record }) => `There is no record ${record} of a forgotten person.`,
  }),
  wishUnknown: failure('InvalidActivation', {
    examples: [{ record: 7 }],
    says: ({ record }) => `There is no record ${record} of a person to be forgotten.`,
    next: () => [{ advice: 'The command makes one', command: forgetCommand() }],
  }),
};

function notTheSame(found: number, expected: number): string {
  return found === expected ? ', and not the same ones' : '';
}

function startOver(activation: string, ifActitoHasIt: string): Next[] {
  return [
    { advice: ifActitoHasIt, command: rebaseCommand(activation) },
    { advice: 'To send everything again', command: resyncCommand(activation) },
  ];
}
