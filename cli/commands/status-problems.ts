import { shortestGap } from '../../activation/definition/longest-gap.ts';
import type { Schedule } from '../../activation/definition/schedule.ts';
import { keepAliveAge } from '../../activation/keep-alive.ts';
import { isRunOf } from '../../client/runs.ts';
import type { KnownRuns, RunUnderWay } from '../../client/status.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { PastRun } from '../../state/report/history.ts';
import { minute } from '../words.ts';

/** These are no failures: Actito takes its time. */
const USUAL = ['ImportPending', 'ListPending'];
/** Milliseconds by which clocks may differ, and by which state and Temporal may be asked one after the other. */
const CLOSE_BY = 60_000;

/** What is told of an activation although the next run repairs it, time does, or nobody has to do anything about it. */
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

/** Whether a person must do something about what is told. */
export function needsPerson({ reason }: Told): boolean {
  return !NEEDS_NOBODY.includes(reason);
}

/** What is wrong with an activation's runs that are open, or seem to be. */
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
 * That the state takes a run for open and Temporal does not; undefined: it is open, or has ended. Of a run that was
 * started under an id of someone's own nothing is told: Temporal was not asked for it.
 */
function lossOf(
  activation: string,
  run: PastRun,
  { underWay, ended }: KnownRuns,
  now: Date,
): Told | undefined {
  if (run.outcome !== null || !isRunOf({ activation }, run.workflowId)) return undefined;
  if (underWay.some((open) => isSame(open, run))) return undefined;
  const end = ended.find((candidate) => isSame(candidate, run)); // the latest of that id comes first
  const facts = { activation, run: run.run };
  if (end?.killed) return tell('runTerminated', facts);
  // The state was asked first: it may have ended since, or be too new for Temporal's listing.
  if ((end?.endedAt ?? run.openedAt).getTime() > now.getTime() - CLOSE_BY) return undefined;
  return tell('runLost', facts);
}

/** An id is used again: a run opened its row soon after it was started, never before. */
function isSame({ workflowId: id, since }: { workflowId: string; since: Date }, run: PastRun): boolean {
  return id === run.workflowId && since.getTime() <= run.openedAt.getTime() + CLOSE_BY;
}

/**
 * How long runs take, in milliseconds: the median of those that succeeded; undefined: none has. One that was killed is closed by
 * the next one, perhaps a day later.
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
 * That an activation starts more often than its runs end, so that starts are skipped; undefined: it does not.
 * @param usual how long its runs take, in milliseconds
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

/** What decides whether a list is delivered again in time. */
export interface DeliveredList {
  deliveredAt: Date;
  /** Milliseconds. */
  validity: number;
  /** The next starts in their order; Temporal tells only some of them. */
  starts: readonly Date[];
  paused: boolean;
  /** Milliseconds between two starts at most, as the project folder has it; undefined without a schedule. */
  longestGap: number | undefined;
}

/**
 * Why no run will renew a list before it expires; undefined when one will. A run renews an unchanged list
 * from the age of the keep-alive on, so it is a start between that age and the end of the validity that counts.
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
