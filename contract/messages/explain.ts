import { always, message } from './message.ts';

/** A run, and when it was opened, ISO 8601; null: that is no longer known. */
export interface RunMoment {
  run: string;
  at: string | null;
}
const RUN: RunMoment = { run: '12', at: '2026-01-31T06:00:00.000Z' };

export interface DueAgain {
  /** ISO 8601; undefined: with the next run. */
  dueAgain?: string;
}

/** What `explain` says of a key: where it stands, and why. */
export const EXPLAIN_MESSAGES = {
  neverRan: message({
    examples: [{ activation: 'vip-customers' }],
    says: ({ activation }) => `${activation} has never run: nobody is on its list.`,
  }),
  keyForgotten: message({
    examples: [{ record: '3', askedAt: '2026-01-31T06:00:00.000Z' }],
    says: ({ record, askedAt }) =>
      `The person asked to be forgotten (record ${record}, ${askedAt}): no run adds this key to a list.`,
  }),
  onList: message<RunMoment & { list: string; byRebase: boolean }>({
    examples: [
      { ...RUN, list: 'VIP customers', byRebase: false },
      { ...RUN, list: 'VIP customers', byRebase: true },
    ],
    says: ({ list, byRebase, ...run }) =>
      `On the list "${list}" since ${named(run)}${byRebase ? ', a rebase: it was taken for listed' : ''}.`,
  }),
  notYetOnList: message<RunMoment>({
    examples: [RUN],
    says: (run) =>
      `Known since ${named(run)}, but not on the list: no list that has it was delivered yet. The next run delivers one.`,
  }),
  keyNeverOnList: message({
    examples: [
      { code: 'KeyMalformed', words: 'The matching key is not an e-mail address: expected name@domain.tld.' },
    ],
    says: ({ code, words }) => `Such a key is never on the list (${code}): ${words}`,
  }),
  noRunSucceeded: always('Not on the list: no run has succeeded yet.'),
  rowRejected: message<RunMoment & { code: string }>({
    examples: [{ ...RUN, code: 'KeyMalformed' }],
    says: ({ code, ...run }) => `Not on the list: ${named(run)} could not use its row (${code}).`,
  }),
  notInSegment: message<RunMoment>({
    examples: [RUN],
    says: (run) => `Not on the list: it was not in the segment when ${named(run)} read it.`,
  }),
  notOnListOf: message<RunMoment & { undo: string }>({
    examples: [{ ...RUN, undo: '9' }],
    says: ({ undo, ...run }) =>
      `Not on the list: ${named(run)} put it back to how it was after run ${undo}, and it was not on it then.`,
  }),
  leftList: message<RunMoment>({
    examples: [RUN],
    says: (run) => `It left the list with ${named(run)}.`,
  }),
  leavesList: message<{ run: string; at: string; runsLeft: number | null; from: string | null }>({
    examples: [
      { run: '12', at: '2026-01-31T06:00:00.000Z', runsLeft: null, from: '2026-02-01T06:00:00.000Z' },
      { run: '12', at: '2026-01-31T06:00:00.000Z', runsLeft: 0, from: null },
      { run: '12', at: '2026-01-31T06:00:00.000Z', runsLeft: 1, from: null },
      { run: '12', at: '2026-01-31T06:00:00.000Z', runsLeft: 2, from: null },
    ],
    says: ({ runsLeft, from, ...run }) => {
      const left = `It left the segment with ${named(run)}, and`;
      if (from) return `${left} leaves the list with the first run from ${from} on that lacks it.`;
      if (!runsLeft) return `${left} leaves the list with the next run that lacks it.`;
      const more = runsLeft === 1 ? 'one more run' : `${runsLeft} more runs`;
      return `${left} leaves the list after ${more} that ${runsLeft === 1 ? 'lacks' : 'lack'} it.`;
    },
  }),
  rejectsNotStored: message({
    examples: [{ rejected: 200_000, stored: 100_000 }],
    says: ({ rejected, stored }) =>
      `That run rejected ${rejected} rows, of which ${stored} are stored: a row with this key in a spelling that cannot ` +
      'be used may be among the others.',
  }),
  laterRun: message<RunMoment & { outcome: string | null }>({
    examples: [
      { ...RUN, outcome: 'held' },
      { ...RUN, outcome: null },
    ],
    says: ({ outcome, ...run }) => {
      const name = named(run);
      const ended = outcome === null ? 'has not ended' : `ended as ${outcome}`;
      return `${name.charAt(0).toUpperCase()}${name.slice(1)} came after it and ${ended}; what it read does not count yet.`;
    },
  }),
  noAttributesMapped: always('No attributes are mapped: of this member only the list is sent.'),
  attributesAllEmpty: always(
    'All of its mapped values are empty, and empty values leave what Actito has (nulls: keep): nothing is sent for it.',
  ),
  attributesConfirmed: always('Actito confirmed its attributes as they were last sent.'),
  attributesAssumed: always(
    'A rebase took its attributes for what Actito has; Actito was not asked. They are sent when they change.',
  ),
  profileUnknown: message<DueAgain>({
    examples: [{ dueAgain: '2026-02-01T06:00:00.000Z' }, {}],
    says: (due) => `Actito has no profile with this key, so the list does not reach it. ${again(due)}`,
  }),
  attributesRefused: message<DueAgain & { code?: string }>({
    examples: [{ code: 'INVALID_VALUE', dueAgain: '2026-02-01T06:00:00.000Z' }, {}],
    says: ({ code, ...due }) =>
      `Actito refused its attributes${code === undefined ? '' : ` (${code})`}. ${again(due)}`,
  }),
  attributesContradict: message({
    examples: [{ words: 'Several rows of the segment have this key and different values.' }],
    says: ({ words }) => `No attributes are sent: ${words}`,
  }),
  attributesUnexplained: message<DueAgain>({
    examples: [{ dueAgain: '2026-02-01T06:00:00.000Z' }],
    says: (due) => `Its import ended with errors that Actito did not tell row by row. ${again(due)}`,
  }),
  attributesUnconfirmed: always(
    'Actito has not confirmed its attributes: not sent yet, or the answer was lost. The next run sends them.',
  ),
};

function named({ run, at }: RunMoment): string {
  return `run ${run}${at === null ? '' : ` (${at})`}`;
}

function again({ dueAgain }: DueAgain): string {
  return `Sent again when its values change, or from ${dueAgain ?? 'the next run'} on.`;
}
