import {
  cancelCommand,
  forgetCommand,
  forgottenCommand,
  PROGRAM,
  rebaseCommand,
  resyncCommand,
} from '../commands.ts';
import { connectionInWords } from './connections.ts';
import { advise, always, failure, type Next } from './message.ts';
import { conditionOf } from './sqlstates.ts';
import { counted } from './words.ts';

/** The environment variable with the URL of the state database. */
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
  /** Sessions of other programs. */
  others: number;
}
const DAMAGED: [Damaged, Damaged] = [
  { activation: VIP, found: 999, expected: 1000 },
  { activation: VIP, found: 1000, expected: 1000 },
];

/** Messages about the state database and its content. */
export const STATE_MESSAGES = {
  leaseLost: failure(
    'RunSuperseded',
    always('A newer run has taken over this activation; this run stops writing.'),
  ),
  runClosed: failure('RunSuperseded', always('This run was closed by the run that took over from it.')),
  runAbandoned: always('The workflow ended without closing its run (it was terminated or timed out).'),
  runTablesDropped: failure(
    'RunSuperseded',
    always('The run is closed and its tables are dropped; this attempt stops writing.'),
  ),
  runUnknown: failure('StateDamaged', {
    examples: [{ run: '12' }],
    says: ({ run }) =>
      `The state database has no run ${run} for this workflow: it was lost, restored or replaced while the run was open. The run ` +
      'ends here, and the state does not include what the run sent to Actito.',
    next: () =>
      advise(
        'Check ACTITO_SYNC_DATABASE_URL. If the database was lost or restored, follow "The state database is lost" in docs/operations.md, ' +
          'then run again.',
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
  stateNoWayBack: failure(
    'StateRefused',
    always('The state database cannot be downgraded. Restore a backup.'),
  ),
  otherDeliveryBegun: failure(
    'RunSuperseded',
    always('This run has already started to deliver another list.'),
  ),
  heldNotDelivered: failure('RunSuperseded', always('A guard holds this run, so its list is not delivered.')),
  settledMeanwhile: failure('RunUnderWay', {
    examples: [{ activation: VIP }],
    says: ({ activation }) =>
      `Another run of activation ${activation} updated the state while this run read the segment; the comparison starts again.`,
  }),
  stateChangedMeanwhile: failure('RunSuperseded', {
    examples: [{ activation: VIP }],
    says: ({ activation }) =>
      `The state of activation ${activation} changed while this run read the segment; nothing was written.`,
  }),
  stateRefused: failure('StateRefused', {
    examples: [{ code: '42501' }],
    says: ({ code }) =>
      `The state database rejected a statement with ${code} (${conditionOf(code)}). This is a bug in ${PROGRAM}, or someone ` +
      'changed the schema. See the statement in the log of the database.',
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
      if (others > 0) held.push(`${counted(others, 'session')} of another program`);
      return (
        `A lock in the state database was not released within ${waited}` +
        `${held.length === 0 ? '' : `; it is held by ${held.join(', ')}`}.`
      );
    },
    next: () => advise('If this persists, end the process that holds the lock; a worker may be frozen.'),
  }),
  stateUnreachable: failure<{ code?: string }>('StateUnavailable', {
    examples: [{ code: 'ECONNREFUSED' }, { code: 'ERR_POSTGRES_NO_ANSWER' }, {}],
    says: ({ code }) =>
      `The state database (${VARIABLE}) cannot be reached (${connectionInWords(code ?? 'the connection was lost')}).`,
  }),
  stateTooOld: failure('StateRefused', {
    examples: [{ version: '13.4', oldest: 14 }],
    says: ({ version, oldest }) =>
      `The state database (${VARIABLE}) is PostgreSQL ${version}; the minimum is ${oldest}.`,
  }),
  stateOfBefore: failure('StateRefused', {
    examples: [{ schema: 'actito_sync', migrations: '001.sql, 002.sql' }],
    says: ({ schema, migrations }) =>
      `The schema ${schema} in the state database (${VARIABLE}) is from a development version before 0.1.0 ` +
      `(migrations: ${migrations}) and cannot be upgraded.`,
    next: ({ schema }) => [
      ...advise(`Drop it (drop schema ${schema} cascade) and restart the worker, which creates a new one.`),
      {
        advice: 'If Actito already matches the segments, run for each activation before its next run',
        command: rebaseCommand('<activation>'),
      },
    ],
  }),
  stateLacksTables: failure('StateRefused', {
    examples: [{ code: '42P01' }],
    says: ({ code }) =>
      `The state database (${VARIABLE}) does not have the tables of this version of ${PROGRAM} (${code}).`,
    next: () =>
      advise(
        'Start a worker of this version (npm run worker), which creates them. If one is running, this is not the database ' +
          'of that worker.',
      ),
  }),
  stateRefusesAccess: failure('StateRefused', {
    examples: [{ code: '28P01' }],
    says: ({ code }) => `The state database rejected the login or denied access (${code}).`,
    next: () =>
      advise(
        `Check user, password and database in ${VARIABLE}. The user needs read access to the schema actito_sync; forget also ` +
          "writes and needs the worker's permissions.",
      ),
  }),
  stateNotConfigured: failure(
    'ConfigurationInvalid',
    always(
      `${VARIABLE} is not set. This command needs the state database.`,
      ...advise(
        "Set it to the worker's URL, such as postgres://user:password@host:5432/database. A user with read access is enough, " +
          'except for forget.',
      ),
    ),
  ),
  acknowledgedDamaged: failure<Damaged>('StateDamaged', {
    examples: DAMAGED,
    says: ({ activation, found, expected }) =>
      `The state of activation ${activation} is damaged: its list has ${counted(found, 'member')} in the state database, ` +
      `${unlike(found, expected, 'the last delivery')}. Someone changed or restored the tables.`,
    next: ({ activation }) => startOver(activation, 'If Actito already matches the segment'),
  }),
  listDamaged: failure<Damaged>('StateDamaged', {
    examples: DAMAGED,
    says: ({ activation, found, expected }) =>
      `The list of activation ${activation} was not delivered: it has ${counted(found, 'member')} in the state database, ` +
      `${unlike(found, expected, 'the plan')}. Someone changed the tables.`,
    next: ({ activation }) => [
      ...advise('Run again.'),
      ...startOver(activation, 'If that fails as well and Actito already matches the segment'),
    ],
  }),
  runTablesInUse: failure('RunUnderWay', {
    examples: [
      { activation: VIP, runs: ['12'] },
      { activation: VIP, runs: ['12', '13'] },
    ],
    says: ({ activation, runs }) =>
      `The tables of ${runs.length === 1 ? 'run' : 'runs'} ${runs.join(', ')} of ${activation} are still in use, although ` +
      `${runs.length === 1 ? 'the run has' : 'the runs have'} ended. They are dropped as soon as they are free.`,
  }),
  erasureWaits: failure('RunUnderWay', {
    examples: [
      { activation: VIP, workflowId: `activation/${VIP}`, preview: false },
      { activation: VIP, workflowId: `plan/${VIP}`, preview: true },
    ],
    says: ({ activation, workflowId }) =>
      `The workflow ${workflowId} is still running and keeps the rows that it read. The person is erased from activation ` +
      `${activation} when it ends.`,
    next: ({ activation, preview }) => [
      {
        advice: 'To cancel it',
        command: cancelCommand({ activation, mode: preview ? 'preview' : 'sync' }),
      },
    ],
  }),
  wishNotRecorded: failure('StateUnavailable', {
    examples: [{ waited: '60s' }],
    says: ({ waited }) =>
      `The request to forget a person was not recorded: a worker has held a lock in the state database for more than ${waited}. It ` +
      'may be frozen.',
    next: () => advise('Try again; if that fails, restart the workers.'),
  }),
  recordUnknown: failure('InvalidActivation', {
    examples: [{ record: '7' }],
    says: ({ record }) => `There is no record ${record} of a forgotten person.`,
    next: () => [{ advice: 'List the records', command: forgottenCommand() }],
  }),
  wishUnknown: failure('InvalidActivation', {
    examples: [{ record: 7 }],
    says: ({ record }) => `There is no erasure request ${record}.`,
    next: () => [{ advice: 'Create one with', command: forgetCommand() }],
  }),
};

/** How the members that were found differ from those of something earlier. */
function unlike(found: number, expected: number, earlier: string): string {
  return found === expected ? `as ${earlier} had, but not the same ones` : `but ${earlier} had ${expected}`;
}

function startOver(activation: string, ifActitoHasIt: string): Next[] {
  return [
    { advice: ifActitoHasIt, command: rebaseCommand(activation) },
    { advice: 'To resend everything', command: resyncCommand(activation) },
  ];
}
