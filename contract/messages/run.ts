import { decideCommand, historyCommand, runCommand } from '../commands.ts';
import type { HeldPlan } from '../plan.ts';
import { advise, always, failure, message, type Next } from './message.ts';
import { counted } from './words.ts';

const NO_COUNTS = { members: 600, added: 0, removed: 400 };
const TRIP = {
  guard: 'maxRemoved',
  figure: 400,
  reason: 'tooManyRemoved',
  facts: {},
  next: [],
  message: '400 members would be removed; the limit is 100.',
};

const UNSEEN = {
  before: 'The list was delivered without looking it up in Actito first:',
  after: 'The list was delivered, but Actito did not say whether it retrieved the file:',
  alone: 'The status of the list in Actito is unknown:',
};

/** Messages about a run as a whole: its notes, and how it ends. */
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
    says: ({ activation, guards, refused }) =>
      [
        `The run of ${activation} is held; its list was not changed.`,
        ...guards.map((trip) => trip.message),
        ...(refused ? [`This plan was declined by ${refused.by} (self-reported): ${refused.reason}.`] : []),
      ].join(' '),
    next: ({ activation, planHash }) => [
      { advice: 'If the change is intended', command: decideCommand('approve', activation, planHash) },
    ],
  }),
  unsettled: message({
    examples: [
      { failure: 'The run was canceled.', settling: 'The state database cannot be reached.' },
      {
        failure: 'The list is damaged. Run again: actito-sync resync vip-customers',
        settling: 'The state database cannot be reached.',
      },
    ],
    says: ({ failure: first, settling }) =>
      `${/[.!?]$/.test(first) ? first : `${first}.`} In addition, the state was not updated with what this run did; the next run repairs it. Cause: ${settling}`,
  }),
  attributesRestless: message<{ attributes: string[]; changed: number; members: number }>({
    examples: [
      { attributes: ['lastSeen'], changed: 990, members: 1000 },
      { attributes: ['lastSeen', 'revenue'], changed: 1000, members: 1000 },
    ],
    says: ({ attributes, changed, members }) =>
      `${attributes.join(', ')} changed for almost every member since the last run (${changed} of ${members}).`,
    next: () =>
      advise(
        'If a column has a new value at every read (now(), a sum of floating-point numbers, a random order), every run ' +
          'resends everyone. Round the value in the query, or read a stored value.',
      ),
  }),
  rowSecurityApplies: message({
    examples: [{ source: 'shop' }],
    says: ({ source }) =>
      `Row-level security applies to the database user of source ${source}: the segment contains only the rows that this user can see.`,
    next: () => advise('If this is not intended, give the user access to all rows (bypassrls, or a policy).'),
  }),
  cancelled: always('The run was canceled.'),
  skipped: message({
    examples: [{ holder: 'activation/vip-customers' }],
    says: ({ holder }) => `Skipped: workflow ${holder} is already running this activation.`,
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
    examples: [
      { guards: ['maxRemoved'], by: 'ann', reason: 'the shop in Ghent has closed' },
      { guards: ['maxRemoved', 'freshness'], by: 'ann', reason: 'the shop in Ghent has closed' },
    ],
    says: ({ guards, by, reason }) =>
      `${guards.length === 1 ? 'A guard' : 'Guards'} (${guards.join(', ')}) would have held this run; ${by} (self-reported) approved it: ${reason}`,
  }),
  attributesCreated: message({
    examples: [{ attributes: ['tier', 'points'] }],
    says: ({ attributes }) =>
      `Created in Actito: ${attributes.length === 1 ? 'attribute' : 'attributes'} ${attributes.join(', ')}.`,
  }),
  listCreated: message({
    examples: [{ list: 'VIP customers' }],
    says: ({ list }) => `Created in Actito: the external target list "${list}".`,
  }),
  rebased: always(
    'Nothing was sent: the state now assumes that Actito already matches the segment. A difference in Actito remains until ' +
      'the value changes in the warehouse, or until a resync. The next run delivers the list once.',
  ),
  notRetrievedYet: always('The list was delivered; Actito has not confirmed yet that it retrieved the file.'),
  repairedAsItWas: always(
    'The unchanged list was delivered again, because the content of the file on the server was uncertain.',
  ),
  keptAlive: always('The unchanged list was delivered again, so that it does not expire.'),
  notKeptAlive: message({
    examples: [{ failure: 'The file server sftp.example.com cannot be reached.' }],
    says: ({ failure: cause }) => `The unchanged list could not be delivered again and may expire: ${cause}`,
  }),
  quotaUsedUp: always('The daily import quota is used up; a later run sends the remaining attributes.'),
  sentAgain: message({
    examples: [
      { imports: 1, members: 280 },
      { imports: 2, members: 1 },
    ],
    says: ({ imports, members }) =>
      `Actito rejected a value of ${counted(members, 'member')}. Their other attributes were sent again without it, which ` +
      `used ${counted(imports, 'more import')} of the daily quota.`,
  }),
  attributesNotSent: message({
    examples: [{ failure: 'Actito answered 400 to POST imports.' }],
    says: ({ failure: cause }) => `Some attributes were not sent: ${cause}`,
  }),
  listGoesFirst: message({
    examples: [
      {
        minutes: 10,
        failure: 'Actito has not finished the import yet; it runs one import at a time per license.',
      },
    ],
    says: ({ minutes, failure: cause }) =>
      `The attribute import did not finish within ${minutes} min, so the list was delivered first. The run continues to ` +
      `wait for the import. Cause: ${cause}`,
  }),
  listUnseen: message<{ failure: string; when: 'before' | 'after' | 'alone' }>({
    examples: [
      { failure: 'Actito answered 403 to GET list.', when: 'before' },
      { failure: 'Actito answered 404 to GET list.', when: 'after' },
      { failure: 'Actito answered 404 to GET list.', when: 'alone' },
    ],
    says: ({ failure: cause, when }) => `${UNSEEN[when]} ${cause}`,
  }),
};

interface Resting {
  activation: string;
  type: string;
  runs: number;
  /** ISO 8601, like `next`: when the schedule runs the activation again. */
  since: string;
  next: string;
}

/** Why scheduled runs are skipped. */
function restInWords({ activation, type, runs, since, next }: Resting): string {
  return (
    `The schedule of ${activation} is backing off: its last ${runs} runs failed with ${type}, the first at ${since}. Scheduled ` +
    `runs are skipped until ${next}, or until its files change. Regular runs resume after the first run without this failure.`
  );
}

function nextOfRest({ activation }: Resting): Next[] {
  return [
    { advice: 'See why', command: historyCommand(activation) },
    { advice: 'Run it now', command: runCommand({ mode: 'sync', activation }) },
  ];
}
