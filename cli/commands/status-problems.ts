import { shortestGap } from '../../activation/definition/longest-gap.ts';
import type { Schedule } from '../../activation/definition/schedule.ts';
import { keepAliveAge } from '../../activation/keep-alive.ts';
import { isRunOf } from '../../client/runs.ts';
import type { KnownRuns, RunUnderWay } from '../../client/status.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { PastRun } from '../../state/report/history.ts';
import { minute } from '../words.ts';

/** These types are not failures: Actito needs more time. */
const USUAL = ['ImportPending', 'ListPending'];
/** Milliseconds of tolerance: clocks differ, and the state and Temporal are read one after the other. */
const CLOSE_BY = 60_000;

/** Warnings that need no action: the next run or time resolves them, or nothing is wrong. */
const NEEDS_NOBODY = [
  'attributesWait',
  'importsUsedUp',
  'segmentNoted',
  'rebaseUndelivered',
  'deliveryUnknown',
  'runTerminated',
  'runLost',
  'runWaits',
  'forgottenListed',
];

/** Whether a message requires a person to act. */
export function needsPerson({ reason }: Told): boolean {
  return !NEEDS_NOBODY.includes(reason);
}

/** Reports problems of an activation's runs that are open, or seem to be. */
export function runProblems(activation: string, lastRun: PastRun | null, runs: KnownRuns, now: Date): Told[] {
  const lost = lastRun === null ? undefined : lossOf(activation, lastRun, runs, now);
  return [
    ...runs.underWay.flatMap((run) => problemsOf(activation, run)),
    ...(lost === undefined ? [] : [lost]),
  ];
}

function problemsOf(activation: string, { workerAnswers, trouble, since, phase }: RunUnderWay): Told[] {
  const facts = { activation, since: minute(since), phase };
  return [
    ...(workerAnswers ? [] : [tell('runUnanswered', facts)]),
    ...(trouble === null || USUAL.includes(trouble.type)
      ? []
      : [
          tell('runWaits', {
            ...facts,
            trouble: {
              ...trouble,
              next: trouble.next?.toISOString() ?? null,
              until: trouble.until?.toISOString() ?? null,
            },
          }),
        ]),
  ];
}

/**
 * Reports a run that is open in the state but not in Temporal; undefined: it is open in both, or has ended. Reports
 * nothing about a run with a custom workflow id, because Temporal was not asked for it.
 */
function lossOf(
  activation: string,
  run: PastRun,
  { underWay, ended }: KnownRuns,
  now: Date,
): Told | undefined {
  if (run.outcome !== null || !isRunOf({ activation }, run.workflowId)) return undefined;
  if (underWay.some((open) => isSame(open, run))) return undefined;
  const end = ended.find((candidate) => isSame(candidate, run)); // the latest run of that id comes first
  const facts = { activation, run: run.run };
  if (end?.killed) return tell('runTerminated', facts);
  // The state was read first: the run can have ended since, or be too new for Temporal's listing.
  if ((end?.endedAt ?? run.openedAt).getTime() > now.getTime() - CLOSE_BY) return undefined;
  return tell('runLost', facts);
}

/** Distinguishes runs that reuse an id: a run opens its row soon after its start, never before it. */
function isSame({ workflowId: id, since }: { workflowId: string; since: Date }, run: PastRun): boolean {
  return id === run.workflowId && since.getTime() <= run.openedAt.getTime() + CLOSE_BY;
}

/**
 * The median duration of the successful runs in milliseconds; undefined: there are none. Other durations mislead: the
 * next run closes a killed one, perhaps a day later.
 */
export function usualDuration(
  runs: readonly Pick<PastRun, 'openedAt' | 'closedAt' | 'outcome'>[],
): number | undefined {
  const durations = runs
    .filter(({ outcome }) => outcome?.startsWith('succeeded'))
    .flatMap(({ openedAt, closedAt }) => (closedAt ? [closedAt.getTime() - openedAt.getTime()] : []))
    .sort((a, b) => a - b);
  return durations[Math.floor((durations.length - 1) / 2)];
}

/**
 * Reports that an activation starts more often than its runs end, so that starts are skipped; undefined: it does not.
 * @param usual the usual duration of its runs in milliseconds
 */
export function overlapProblem(
  activation: string,
  schedule: Schedule,
  { running = [] }: { running: readonly Pick<RunUnderWay, 'since'>[] | undefined },
  usual: number | undefined,
  now: Date,
): Told | undefined {
  const gap = shortestGap(schedule);
  const underWay = running.map(({ since }) => now.getTime() - since.getTime());
  const took = Math.max(usual ?? 0, ...underWay);
  if (took <= gap) return undefined;
  return tell('startsOverlap', { activation, took, gap, regular: schedule.every !== undefined });
}

/** The facts that decide whether a list is delivered again in time. */
export interface DeliveredList {
  deliveredAt: Date;
  /** In milliseconds. */
  validity: number;
  /** The next starts in order. Temporal reports only some of them. */
  starts: readonly Date[];
  paused: boolean;
  /** The longest time between two starts in milliseconds, from the project folder; undefined without a schedule. */
  longestGap: number | undefined;
}

/**
 * Explains why no run will renew a list before it expires; undefined when one will. A run renews an unchanged list once
 * it has the keep-alive age, so only a start between that age and the end of the validity counts.
 */
export function renewalProblem(activation: string, list: DeliveredList, now: Date): Told | undefined {
  const { deliveredAt, validity, starts, paused, longestGap } = list;
  const expires = new Date(deliveredAt.getTime() + validity);
  const due = new Date(deliveredAt.getTime() + keepAliveAge(validity));
  if (expires <= now) return tell('listExpired', { activation, expired: expires.toISOString() });
  const facts = { activation, expires: expires.toISOString() };
  if (paused) return tell('pausedUntilExpiry', facts);
  if (starts.length === 0) return tell('unstartedUntilExpiry', facts);
  if (starts.some((start) => start >= due && start < expires)) return undefined;
  const seesTheEnd = starts.at(-1)! >= expires;
  if (!seesTheEnd && longestGap !== undefined && longestGap < expires.getTime() - due.getTime())
    return undefined;
  return tell('notRenewedInTime', { ...facts, due: due.toISOString() });
}
