import { historyCommand, runCommand } from '../commands.ts';
import { advise, always, message } from './message.ts';
import { problemInWords, type ProjectProblem } from './project.ts';
import { asSetting } from './words.ts';

export interface About {
  activation: string;
}
const VIP: About = { activation: 'vip-customers' };
const AT = '2026-01-31T06:00:00.000Z';
const LATER = '2026-01-31T12:00:00.000Z';

const PROBLEM: ProjectProblem = {
  file: 'activations/vip-customers.yaml',
  line: 3,
  setting: 'list.validity',
  reason: 'settingWrong',
  facts: { expected: 'a duration such as 15m, 48h or 2 days', got: '"soon"' },
  message: 'expected a duration such as 15m, 48h or 2 days, got "soon"',
};

const CONTESTED: ProjectProblem = {
  file: 'activations/vip-copy.yaml',
  line: 12,
  setting: 'list.name',
  reason: 'listFedTwice',
  facts: { list: 'VIP', by: 'activations/vip-customers.yaml' },
  message: 'the list "VIP" is already fed by activations/vip-customers.yaml',
};

/** A run that is open: since which minute, and what it is doing; null: no worker has taken it yet. */
export interface UnderWay {
  since: string;
  phase: string | null;
}
const UNDER_WAY: UnderWay = { since: '2026-01-31T06:00Z', phase: 'planning' };

/** What a run waits out. */
export interface Trouble {
  type: string;
  /** Null: what was said may name people. */
  message: string | null;
  attempts: number;
  /** The next attempt; null: right now. */
  next: string | null;
  /** When it is given up, if nothing changes; null: Temporal has not said. */
  until: string | null;
}
const TROUBLE: Trouble = {
  type: 'ActitoUnavailable',
  message: 'Actito answered 503 to POST /imports.',
  attempts: 2,
  next: AT,
  until: LATER,
};

/** What `status` says that someone should look at. */
export const STATUS_MESSAGES = {
  restsUnknown: message({
    examples: [{ why: 'The state database cannot be reached.' }],
    says: ({ why }) =>
      `Whether a schedule only tries once in a while, since its runs go on failing, is unknown: ${why}`,
  }),
  statusIncomplete: always(
    'Temporal could not be asked: whether runs go on, and when the next ones start, is not known. So this is not all.',
  ),
  cannotRun: message<About & { problems: ProjectProblem[] }>({
    examples: [{ ...VIP, problems: [PROBLEM] }],
    says: ({ activation, problems }) =>
      `${activation}: it cannot run, so nothing renews its list: ${problems.map(problemInWords).join('; ')}`,
  }),
  contestedByOther: message<About & { problems: ProjectProblem[] }>({
    examples: [{ ...VIP, problems: [CONTESTED] }],
    says: ({ activation, problems }) =>
      `${activation}: another activation wants its list or its file: ${problems.map(problemInWords).join('; ')}. Only the one ` +
      'that delivered that list last can run',
  }),
  projectHasProblems: message<{ problems: ProjectProblem[] }>({
    examples: [{ problems: [{ ...PROBLEM, file: 'project.yaml', setting: 'retention.runs' }] }],
    says: ({ problems }) => `The project folder has problems: ${problems.map(problemInWords).join('; ')}`,
  }),
  runUnanswered: message<About & UnderWay>({
    examples: [
      { ...VIP, ...UNDER_WAY },
      { ...VIP, ...UNDER_WAY, phase: null },
    ],
    says: ({ activation, ...run }) =>
      `${activation}: no worker answers for its run ${underWayInWords(run)}; it goes on as soon as one does`,
  }),
  runWaits: message<About & UnderWay & { trouble: Trouble }>({
    examples: [
      { ...VIP, ...UNDER_WAY, trouble: TROUBLE },
      { ...VIP, ...UNDER_WAY, trouble: { ...TROUBLE, message: null, attempts: 1, next: null, until: null } },
    ],
    says: ({ activation, trouble, ...run }) =>
      `${activation}: its run ${underWayInWords(run)} waits out ${troubleInWords(trouble)}`,
  }),
  runTerminated: message<About & { run: string }>({
    examples: [{ ...VIP, run: '12' }],
    says: ({ activation, run }) =>
      `${activation}: its last run (${run}) was terminated: the next run closes and repairs it`,
  }),
  runLost: message<About & { run: string }>({
    examples: [{ ...VIP, run: '12' }],
    says: ({ activation, run }) =>
      `${activation}: its last run (${run}) is not open in Temporal any more: the next run closes and repairs it`,
  }),
  startsOverlap: message<About & { took: number; gap: number; regular: boolean }>({
    examples: [
      { ...VIP, took: 1_500_000, gap: 900_000, regular: true },
      { ...VIP, took: 1_500_000, gap: 900_000, regular: false },
    ],
    says: ({ activation, took, gap, regular }) =>
      `${activation}: a run takes ${asSetting(Math.ceil(took / 1000) * 1000)}, and ` +
      `${regular ? `one starts every ${asSetting(gap)}` : `two starts are only ${asSetting(gap)} apart`}: starts during a run are skipped.`,
    next: ({ took, regular }) =>
      advise(
        regular
          ? `Set schedule.every to ${asSetting(Math.ceil(took / 300_000) * 300_000)} or more.`
          : 'Let more time pass between two starts.',
      ),
  }),
  listExpired: message<About & { expired: string }>({
    examples: [{ ...VIP, expired: AT }],
    says: ({ activation, expired }) =>
      `${activation}: its list has expired at ${expired}, and targets nobody in Actito`,
  }),
  pausedUntilExpiry: message<About & { expires: string }>({
    examples: [{ ...VIP, expires: AT }],
    says: ({ activation, expires }) =>
      `${activation}: its schedule is paused, and its list expires at ${expires}`,
  }),
  unstartedUntilExpiry: message<About & { expires: string }>({
    examples: [{ ...VIP, expires: AT }],
    says: ({ activation, expires }) => `${activation}: nothing starts it, and its list expires at ${expires}`,
  }),
  notRenewedInTime: message<About & { expires: string; due: string }>({
    examples: [{ ...VIP, expires: AT, due: '2026-01-30T06:00:00.000Z' }],
    says: ({ activation, expires, due }) =>
      `${activation}: no run will renew it in time: its list expires at ${expires}, is delivered anew from ${due} on, and no ` +
      'start lies between',
  }),
  heldOrFailed: message<About & { runs: number; failure: string | null }>({
    examples: [
      { ...VIP, runs: 1, failure: 'The segment has no column "tier".' },
      { ...VIP, runs: 3, failure: null },
    ],
    says: ({ activation, runs, failure }) =>
      `${activation}: its last ${runs === 1 ? 'run was' : `${runs} runs were`} held or failed: ${failure ?? '–'}`,
  }),
  heldOrFailedBefore: message<About & { runs: number }>({
    examples: [
      { ...VIP, runs: 1 },
      { ...VIP, runs: 3 },
    ],
    says: ({ activation, runs }) =>
      `${activation}: ${runs === 1 ? '1 run was' : `${runs} runs were`} held or failed since the last one that succeeded.`,
    next: ({ activation }) => [{ advice: 'See why', command: historyCommand(activation) }],
  }),
  forgottenListed: message<About & { people: number }>({
    examples: [
      { ...VIP, people: 1 },
      { ...VIP, people: 2 },
    ],
    says: ({ activation, people }) =>
      `${activation}: its list in Actito has ${people === 1 ? '1 person who is' : `${people} people who are`} to be ` +
      'forgotten, until the next run.',
    next: ({ activation }) => [{ advice: 'Start it', command: runCommand({ mode: 'sync', activation }) }],
  }),
  rebaseUndelivered: message<About & { run: string }>({
    examples: [{ ...VIP, run: '12' }],
    says: ({ activation, run }) =>
      `${activation}: run ${run} was a rebase, and sent nothing: the next run delivers the list`,
  }),
  deliveryUnknown: message<About>({
    examples: [VIP],
    says: ({ activation }) =>
      `${activation}: a delivery was begun and not finished: what the file server holds is unknown until the next run repairs it`,
  }),
  segmentNoted: message<About & { note: string }>({
    examples: [
      { ...VIP, note: 'lastSeen changed for nearly everybody since the last run (990 of 1000 members).' },
    ],
    says: ({ activation, note }) => `${activation}: ${note}`,
  }),
  importsUsedUp: message<About & { used: number; nextFree: string | null }>({
    examples: [
      { ...VIP, used: 20, nextFree: AT },
      { ...VIP, used: 20, nextFree: null },
    ],
    says: ({ activation, used, nextFree }) =>
      `${activation}: the imports of its profile table are used up (${used} in 24 hours); the next is free at ${nextFree ?? '–'}`,
  }),
  attributesWait: message<About & { since: string; left: number; limit: number; before: string[] }>({
    examples: [
      { ...VIP, since: AT, left: 0, limit: 20, before: [] },
      { ...VIP, since: AT, left: 0, limit: 20, before: ['newsletter'] },
    ],
    says: ({ activation, since, left, limit, before }) =>
      `${activation}: its attributes wait for an import since ${since}, and go with its next run: ${left} of ${limit} are ` +
      `left, ${before.length === 0 ? 'it comes first' : `after ${before.join(', ')}`}`,
  }),
};

/** Also a part of what else is told of an open run. */
export function underWayInWords({ since, phase }: UnderWay): string {
  return `since ${since} (${phase ?? 'waits for a worker'})`;
}

/** Also what is told while a run is followed. */
export function troubleInWords({ type, message: said, attempts, next, until }: Trouble): string {
  const again =
    (next === null ? 'again now' : `next at ${next}`) + (until === null ? '' : `, given up at ${until}`);
  const tried = `(tried ${attempts} ${attempts === 1 ? 'time' : 'times'}, ${again})`;
  return [said === null ? type : `${type}: ${said}`, tried].join(' ');
}
