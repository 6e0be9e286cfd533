import { refreshCommand } from '../commands.ts';
import { always, message } from './message.ts';
import { counted } from './words.ts';

/** A run and its start (ISO 8601); null: no longer known. */
export interface RunMoment {
  run: string;
  at: string | null;
}
const RUN: RunMoment = { run: '12', at: '2026-01-31T06:00:00.000Z' };

export interface DueAgain {
  /** ISO 8601; undefined: with the next run. */
  dueAgain?: string;
}

export interface WaitsFor {
  /** The attribute of the matching key in Actito. */
  attribute: string;
  destination: string;
  /** The age of the newest export that was read; null: unknown. */
  hours: number | null;
}
const WAITS = { attribute: 'emailAddress', destination: 'actito' };

/** What `explain` reports about a key: its status and the reason. */
export const EXPLAIN_MESSAGES = {
  neverRan: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) => `Activation ${activation} has never run, so its list is empty.`,
  }),
  keyForgotten: message({
    examples: [{ record: '3', askedAt: '2026-01-31T06:00:00.000Z' }],
    says: ({ record, askedAt }) =>
      `This person asked to be forgotten (record ${record}, ${askedAt}). No run adds this key to a list.`,
  }),
  onList: message<RunMoment & { list: string; byRebase: boolean }>({
    examples: [
      { ...RUN, list: 'VIP customers', byRebase: false },
      { ...RUN, list: 'VIP customers', byRebase: true },
    ],
    says: ({ list, byRebase, ...run }) =>
      `On the list "${list}" since ${named(run)}${byRebase ? ', a rebase that assumed it was on the list' : ''}.`,
  }),
  notYetOnList: message<RunMoment>({
    examples: [RUN],
    says: (run) =>
      `In the segment since ${named(run)}, but not on the list yet. The next run delivers the list.`,
  }),
  waitsForProfile: message<RunMoment & WaitsFor>({
    examples: [
      { ...RUN, ...WAITS, hours: 5 },
      { ...RUN, ...WAITS, hours: null },
    ],
    says: ({ attribute, hours, ...run }) =>
      `In the segment, but not on the list: it waits for a profile since ${named(run)}. No profile in the profile directory ` +
      `has this ${attribute}${directoryAge(hours)}. Nothing is sent until an export of Actito has the profile; the next run then adds it.`,
    next: ({ destination, attribute }) => [
      {
        advice: `Look for the profile in Actito by its ${attribute}. If it is there, read the latest exports:`,
        command: refreshCommand(destination),
      },
    ],
  }),
  waitsForOneProfile: message<RunMoment & WaitsFor>({
    examples: [{ ...RUN, ...WAITS, hours: 5 }],
    says: ({ attribute, hours, ...run }) =>
      `In the segment, but not on the list: it waits since ${named(run)}, because several profiles in the profile directory ` +
      `have this ${attribute}${directoryAge(hours)}. It is not known which of them is meant, so nothing is sent.`,
    next: ({ destination, attribute }) => [
      {
        advice:
          `Merge these profiles in Actito, or correct their ${attribute}. Deleted and merged profiles are missing only from ` +
          'a full export. Let Actito write one, and read it:',
        command: refreshCommand(destination),
      },
    ],
  }),
  keyNeverOnList: message({
    examples: [
      { code: 'KeyMalformed', words: 'The matching key is not an email address such as name@example.com.' },
    ],
    says: ({ code, words }) => `This key cannot be on the list (${code}): ${words}`,
  }),
  noRunSucceeded: always('Not on the list: no run has succeeded yet.'),
  rowRejected: message<RunMoment & { code: string }>({
    examples: [{ ...RUN, code: 'KeyMalformed' }],
    says: ({ code, ...run }) => `Not on the list: ${named(run)} rejected its row (${code}).`,
  }),
  notInSegment: message<RunMoment>({
    examples: [RUN],
    says: (run) => `Not on the list: it was not in the segment of ${named(run)}.`,
  }),
  notOnListOf: message<RunMoment & { undo: string }>({
    examples: [{ ...RUN, undo: '9' }],
    says: ({ undo, ...run }) =>
      `Not on the list: ${named(run)} restored the list after run ${undo}, which did not contain it.`,
  }),
  leftList: message<RunMoment>({
    examples: [RUN],
    says: (run) => `Not on the list: ${named(run)} removed it.`,
  }),
  leavesList: message<{ run: string; at: string; runsLeft: number | null; from: string | null }>({
    examples: [
      { run: '12', at: '2026-01-31T06:00:00.000Z', runsLeft: null, from: '2026-02-01T06:00:00.000Z' },
      { run: '12', at: '2026-01-31T06:00:00.000Z', runsLeft: 0, from: null },
      { run: '12', at: '2026-01-31T06:00:00.000Z', runsLeft: 1, from: null },
      { run: '12', at: '2026-01-31T06:00:00.000Z', runsLeft: 2, from: null },
    ],
    says: ({ runsLeft, from, ...run }) => {
      const left = `In its grace period: ${named(run)} no longer found it in the segment. Unless it returns,`;
      if (from) return `${left} the first run after ${from} removes it from the list.`;
      if (!runsLeft) return `${left} the next run removes it from the list.`;
      return `${left} it stays on the list for ${counted(runsLeft, 'more run')}.`;
    },
  }),
  rejectsNotStored: message({
    examples: [{ rejected: 200_000, stored: 100_000 }],
    says: ({ rejected, stored }) =>
      `That run rejected ${counted(rejected, 'row')} but stored only ${stored}. The others may include a row with an invalid ` +
      'spelling of this key.',
  }),
  laterRun: message<RunMoment & { outcome: string | null }>({
    examples: [
      { ...RUN, outcome: 'held' },
      { ...RUN, outcome: null },
    ],
    says: ({ outcome, ...run }) => {
      const ended = outcome === null ? 'is still running' : `ended as ${outcome}`;
      return `The later ${named(run)} ${ended}, so its changes are not applied yet.`;
    },
  }),
  noAttributesMapped: always('No attributes are mapped; only the list is delivered.'),
  attributesAllEmpty: always(
    'Nothing is sent: all mapped values are empty, and empty values do not change Actito (nulls: keep).',
  ),
  attributesConfirmed: always('Actito confirmed the attributes that were last sent.'),
  attributesAssumed: always(
    'A rebase assumed that Actito already has its attributes, without checking. They are sent when they change.',
  ),
  profileUnknown: message<DueAgain>({
    examples: [{ dueAgain: '2026-02-01T06:00:00.000Z' }, {}],
    says: (due) =>
      `Unmatched: Actito has no profile with this key, so the list does not target it. ${again(due)}`,
  }),
  attributesRefused: message<DueAgain & { code?: string }>({
    examples: [{ code: 'INVALID_VALUE', dueAgain: '2026-02-01T06:00:00.000Z' }, {}],
    says: ({ code, ...due }) =>
      `Actito rejected its attributes${code === undefined ? '' : ` (${code})`}. ${again(due)}`,
  }),
  attributesContradict: message({
    examples: [{ words: 'Several rows of the segment have this key and different values.' }],
    says: ({ words }) => `No attributes are sent: ${words}`,
  }),
  attributesUnexplained: message<DueAgain>({
    examples: [{ dueAgain: '2026-02-01T06:00:00.000Z' }],
    says: (due) => `Its import ended with errors, and Actito did not report the affected rows. ${again(due)}`,
  }),
  attributesUnconfirmed: always(
    'Actito has not confirmed its attributes: they were not sent yet, or the response was lost. The next run sends them.',
  ),
};

function directoryAge(hours: number | null): string {
  if (hours === null) return '';
  return ` (its newest export is ${hours === 0 ? 'less than an hour' : counted(hours, 'hour')} old)`;
}

function named({ run, at }: RunMoment): string {
  return `run ${run}${at === null ? '' : ` (${at})`}`;
}

function again({ dueAgain }: DueAgain): string {
  return `Its attributes are sent again when they change, or ${dueAgain === undefined ? 'with the next run' : `after ${dueAgain}`}.`;
}
