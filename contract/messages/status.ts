import { historyCommand, runCommand } from '../commands.ts';
import { advise, always, message } from './message.ts';
import { problemInWords, type ProjectProblem } from './project.ts';
import { asSetting, counted } from './words.ts';

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
  message: 'the list "VIP" is already used by activations/vip-customers.yaml',
};

/** An open run: its start and its phase; null: no worker has started it yet. */
export interface UnderWay {
  since: string;
  phase: string | null;
}
const UNDER_WAY: UnderWay = { since: '2026-01-31T06:00Z', phase: 'planning' };

/** A failing activity that is being retried. */
export interface Trouble {
  type: string;
  /** Null: the text may contain personal data. */
  message: string | null;
  attempts: number;
  /** The time of the next attempt; null: now. */
  next: string | null;
  /** When the retries end; null: unknown. */
  until: string | null;
}
const TROUBLE: Trouble = {
  type: 'ActitoUnavailable',
  message: 'Actito answered 503 to POST imports.',
  attempts: 2,
  next: AT,
  until: LATER,
};

/** Problems that `status` reports. */
export const STATUS_MESSAGES = {
  restsUnknown: message({
    examples: [{ why: 'The state database cannot be reached.' }],
    says: ({ why }) => `It is unknown whether schedules are backing off after failed runs: ${why}`,
  }),
  statusIncomplete: always(
    'Temporal cannot be reached, so running and next runs are unknown. This status is incomplete.',
  ),
  cannotRun: message<About & { problems: ProjectProblem[] }>({
    examples: [{ ...VIP, problems: [PROBLEM] }],
    says: ({ activation, problems }) =>
      `${activation}: cannot run, so its list is not renewed: ${problems.map(problemInWords).join('; ')}`,
  }),
  contestedByOther: message<About & { problems: ProjectProblem[] }>({
    examples: [{ ...VIP, problems: [CONTESTED] }],
    says: ({ activation, problems }) =>
      `${activation}: another activation uses the same list or file: ${problems.map(problemInWords).join('; ')}. Only the ` +
      'activation that last delivered the list can run',
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
      `${activation}: no worker is responding for its run ${underWayInWords(run)}; it continues when a worker starts`,
  }),
  runWaits: message<About & UnderWay & { trouble: Trouble }>({
    examples: [
      { ...VIP, ...UNDER_WAY, trouble: TROUBLE },
      { ...VIP, ...UNDER_WAY, trouble: { ...TROUBLE, message: null, attempts: 1, next: null, until: null } },
    ],
    says: ({ activation, trouble, ...run }) =>
      `${activation}: its run ${underWayInWords(run)} is retrying after ${troubleInWords(trouble)}`,
  }),
  runTerminated: message<About & { run: string }>({
    examples: [{ ...VIP, run: '12' }],
    says: ({ activation, run }) =>
      `${activation}: its last run (${run}) was terminated; the next run repairs the state`,
  }),
  runLost: message<About & { run: string }>({
    examples: [{ ...VIP, run: '12' }],
    says: ({ activation, run }) =>
      `${activation}: its last run (${run}) no longer exists in Temporal; the next run repairs the state`,
  }),
  startsOverlap: message<About & { took: number; gap: number; regular: boolean }>({
    examples: [
      { ...VIP, took: 1_500_000, gap: 900_000, regular: true },
      { ...VIP, took: 1_500_000, gap: 900_000, regular: false },
    ],
    says: ({ activation, took, gap, regular }) =>
      `${activation}: a run takes ${asSetting(Math.ceil(took / 1000) * 1000)}, but ` +
      `${regular ? `one starts every ${asSetting(gap)}` : `two starts are only ${asSetting(gap)} apart`}: starts during a run are skipped.`,
    next: ({ took, regular }) =>
      advise(
        regular
          ? `Set schedule.every to ${asSetting(Math.ceil(took / 300_000) * 300_000)} or more.`
          : 'Schedule the starts further apart.',
      ),
  }),
  listExpired: message<About & { expired: string }>({
    examples: [{ ...VIP, expired: AT }],
    says: ({ activation, expired }) =>
      `${activation}: its list expired at ${expired} and targets nobody in Actito`,
  }),
  pausedUntilExpiry: message<About & { expires: string }>({
    examples: [{ ...VIP, expires: AT }],
    says: ({ activation, expires }) =>
      `${activation}: its schedule is paused and its list expires at ${expires}`,
  }),
  unstartedUntilExpiry: message<About & { expires: string }>({
    examples: [{ ...VIP, expires: AT }],
    says: ({ activation, expires }) =>
      `${activation}: no run is scheduled and its list expires at ${expires}`,
  }),
  notRenewedInTime: message<About & { expires: string; due: string }>({
    examples: [{ ...VIP, expires: AT, due: '2026-01-30T06:00:00.000Z' }],
    says: ({ activation, expires, due }) =>
      `${activation}: no scheduled run renews its list in time: the list expires at ${expires} and can be renewed from ` +
      `${due}, but no run is scheduled between ${due} and ${expires}`,
  }),
  heldOrFailed: message<About & { runs: number; failure: string | null }>({
    examples: [
      { ...VIP, runs: 1, failure: 'The segment has no column "tier".' },
      { ...VIP, runs: 3, failure: null },
    ],
    says: ({ activation, runs, failure }) =>
      `${activation}: its last ${runs === 1 ? 'run was' : `${runs} runs were`} held or failed${failure === null ? '' : `: ${failure}`}`,
  }),
  heldOrFailedBefore: message<About & { runs: number }>({
    examples: [
      { ...VIP, runs: 1 },
      { ...VIP, runs: 3 },
    ],
    says: ({ activation, runs }) =>
      `${activation}: ${runs === 1 ? '1 run was' : `${runs} runs were`} held or failed since the last successful run.`,
    next: ({ activation }) => [{ advice: 'See why', command: historyCommand(activation) }],
  }),
  forgottenListed: message<About & { people: number }>({
    examples: [
      { ...VIP, people: 1 },
      { ...VIP, people: 2 },
    ],
    says: ({ activation, people }) =>
      `${activation}: its list in Actito still contains ${counted(people, 'person', 'people')} to forget. The next run removes ` +
      `${people === 1 ? 'this person' : 'them'}.`,
    next: ({ activation }) => [{ advice: 'Run it now', command: runCommand({ mode: 'sync', activation }) }],
  }),
  rebaseUndelivered: message<About & { run: string }>({
    examples: [{ ...VIP, run: '12' }],
    says: ({ activation, run }) =>
      `${activation}: run ${run} was a rebase and sent nothing; the next run delivers the list`,
  }),
  deliveryUnknown: message<About>({
    examples: [VIP],
    says: ({ activation }) =>
      `${activation}: a delivery did not finish, so the content of the file on the server is unknown; the next run repairs it`,
  }),
  segmentNoted: message<About & { note: string }>({
    examples: [
      { ...VIP, note: 'lastSeen changed for almost every member since the last run (990 of 1000).' },
    ],
    says: ({ activation, note }) => `${activation}: ${note}`,
  }),
  importsUsedUp: message<About & { used: number; nextFree: string | null }>({
    examples: [
      { ...VIP, used: 20, nextFree: AT },
      { ...VIP, used: 20, nextFree: null },
    ],
    says: ({ activation, used, nextFree }) =>
      `${activation}: the import quota of its profile table is used up (${counted(used, 'import')} in 24 hours)${nextFree === null ? '' : `; the next import is possible at ${nextFree}`}`,
  }),
  attributesWait: message<About & { since: string; left: number; limit: number; before: string[] }>({
    examples: [
      { ...VIP, since: AT, left: 0, limit: 20, before: [] },
      { ...VIP, since: AT, left: 0, limit: 20, before: ['newsletter'] },
    ],
    says: ({ activation, since, left, limit, before }) =>
      `${activation}: its attributes have been waiting for an import since ${since}; its next run sends them. The quota has ` +
      `${left} of ${counted(limit, 'import')} left; ` +
      `${before.length === 0 ? 'this activation is next in the queue' : `ahead in the queue: ${before.join(', ')}`}`,
  }),
};

/** Also part of other messages about an open run. */
export function underWayInWords({ since, phase }: UnderWay): string {
  return `since ${since} (${phase ?? 'waiting for a worker'})`;
}

/** Also shown while a run is followed. */
export function troubleInWords({ type, message: said, attempts, next, until }: Trouble): string {
  const again =
    (next === null ? 'retrying now' : `next at ${next}`) +
    (until === null ? '' : `, retries end at ${until}`);
  const tried = `(${counted(attempts, 'attempt')}, ${again})`;
  return [said === null ? type : `${type}: ${said}`, tried].join(' ');
}

/** What a followed run waits for and until when, in a few words. */
export function waitInWords({ type, next, until }: Pick<Trouble, 'type' | 'next' | 'until'>): string {
  const seconds = (moment: string) => `${moment.slice(0, 19)}Z`;
  const again = next === null ? 'next attempt now' : `next attempt at ${seconds(next)}`;
  return `waits (${type}), ${again}${until === null ? '' : `, gives up at ${seconds(until)}`}`;
}
