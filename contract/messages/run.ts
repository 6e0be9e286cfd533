import { decideCommand, historyCommand, runCommand } from '../commands.ts';
import type { HeldPlan } from '../plan.ts';
import { advise, always, failure, message, type Next } from './message.ts';

const NO_COUNTS = { members: 600, added: 0, removed: 400 };
const TRIP = {
  guard: 'maxRemoved',
  figure: 400,
  reason: 'tooManyRemoved',
  facts: {},
  next: [],
  message: '400 members would leave the list, allowed are 100.',
};

/** What is said of a run as a whole: its notes, and how it ends. */
export const RUN_MESSAGES = {
  runHeld: failure<HeldPlan>('GuardTripped', {
    examples: [
      { activation: 'vip-customers', planHash: '0123456789ab', counts: NO_COUNTS, guards: [TRIP] },
      {
        activation: 'vip-customers',
        planHash: '0123456789ab',
        counts: NO_COUNTS,
        guards: [TRIP],
        refused: { by: 'ann', reason: 'half of the table is missing' },
      },
    ],
    says: ({ guards, refused }) =>
      [
        ...guards.map((trip) => trip.message),
        'The list stays as it was.',
        ...(refused ? [`${refused.by} refused this plan: ${refused.reason}.`] : []),
      ].join(' '),
    next: ({ activation, planHash }) => [
      { advice: 'If it is right as it is', command: decideCommand('approve', activation, planHash) },
    ],
  }),
  unsettled: message({
    examples: [
      { failure: 'Someone cancelled the run.', settling: 'The state database cannot be reached.' },
      {
        failure: 'The list is damaged. Run again: actito-sync resync vip-customers',
        settling: 'The state database cannot be reached.',
      },
    ],
    says: ({ failure: first, settling }) =>
      `${/[.!?]$/.test(first) ? first : `${first}.`} Besides, what it had done could not be settled; the next run does it: ${settling}`,
  }),
  attributesRestless: message<{ attributes: string[]; changed: number; members: number }>({
    examples: [
      { attributes: ['lastSeen'], changed: 990, members: 1000 },
      { attributes: ['lastSeen', 'revenue'], changed: 1000, members: 1000 },
    ],
    says: ({ attributes, changed, members }) =>
      `${attributes.join(', ')} changed for nearly everybody since the last run (${changed} of ${members} members).`,
    next: () =>
      advise(
        'If the column differs whenever it is read (now(), a sum of floating-point numbers, a random order), each run sends ' +
          'everybody again: let the query round it, or read a stored value.',
      ),
  }),
  rowSecurityApplies: message({
    examples: [{ source: 'shop' }],
    says: ({ source }) =>
      `Row security applies to the role that reads source ${source}: the segment holds only the rows that it may see.`,
    next: () =>
      advise(
        'Let it read all rows (bypassrls, or a policy of its own), unless that is what the role is for.',
      ),
  }),
  cancelled: always('Someone cancelled the run.'),
  skipped: message({
    examples: [{ holder: 'activation/vip-customers' }],
    says: ({ holder }) => `Skipped: ${holder} is running this activation.`,
  }),
  scheduleRests: message({
    examples: [
      {
        activation: 'vip-customers',
        type: 'MappingInvalid',
        runs: 8,
        since: '2026-01-31T00:00:00.000Z',
        next: '2026-01-31T07:00:00.000Z',
      },
    ],
    says: restInWords,
    next: nextOfRest,
  }),
  approved: message({
    examples: [{ guards: ['maxRemoved'], by: 'ann', reason: 'the shop in Ghent has closed' }],
    says: ({ guards, by, reason }) => `Held by ${guards.join(', ')} but for the approval of ${by}: ${reason}`,
  }),
  attributesCreated: message({
    examples: [{ attributes: ['tier', 'points'] }],
    says: ({ attributes }) => `Created in Actito: attributes ${attributes.join(', ')}.`,
  }),
  listCreated: message({
    examples: [{ list: 'VIP customers' }],
    says: ({ list }) => `Created in Actito: the external target list "${list}".`,
  }),
  rebased: always(
    'Nothing was sent: the segment was taken for what Actito has. What differs there stays until it changes in the ' +
      'warehouse; resync sends everything. The next run delivers the list once.',
  ),
  notRetrievedYet: always('The list is delivered; Actito has not confirmed yet that it retrieved the file.'),
  repairedAsItWas: always(
    'The list was delivered again as it was: what the file server held was not certain.',
  ),
  keptAlive: always('The list was delivered again as it was, so that it does not expire.'),
  notKeptAlive: message({
    examples: [{ failure: 'The file server sftp.example.com cannot be reached.' }],
    says: ({ failure: cause }) => `The list could not be kept alive: ${cause}`,
  }),
  quotaUsedUp: always("The day's quota of imports is used up: the remaining attributes go with a later run."),
  sentAgain: message({
    examples: [
      { imports: 1, members: 280 },
      { imports: 2, members: 1 },
    ],
    says: ({ imports, members }) =>
      `Actito refused a value of ${members === 1 ? '1 member' : `${members} members`}; their other attributes were sent ` +
      `again without it, which took ${imports === 1 ? '1 more import' : `${imports} more imports`} of the day's quota.`,
  }),
  attributesNotSent: message({
    examples: [{ failure: 'Actito answered 400 to POST /imports.' }],
    says: ({ failure: cause }) => `Attributes were not all sent: ${cause}`,
  }),
};

interface Resting {
  activation: string;
  type: string;
  runs: number;
  /** ISO 8601, as `next`: from when on a start of the schedule tries again. */
  since: string;
  next: string;
}

/** Why starts of a schedule do not try. */
function restInWords({ activation, type, runs, since, next }: Resting): string {
  return (
    `The schedule of ${activation} only tries once in a while: its last ${runs} runs failed with ${type}, the first at ${since}. ` +
    `Other starts end at once; the first start from ${next} on tries again, and so does one after a change of its files. The ` +
    'first run that does not fail so ends this.'
  );
}

function nextOfRest({ activation }: Resting): Next[] {
  return [
    { advice: 'See why', command: historyCommand(activation) },
    { advice: 'Try now', command: runCommand({ mode: 'sync', activation }) },
  ];
}
