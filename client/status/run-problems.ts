import type { PastRun } from '../../state/report/history.ts';
import type { Told } from '../../contract/messages/message.ts';
import { underWayInWords } from '../../contract/messages/status.ts';
import { tell } from '../../contract/messages/tell.ts';
import { minute } from '../output/moments.ts';
import { isRunOf } from '../run/under-way.ts';
import type { KnownRuns, RunUnderWay } from './runs.ts';

/** These are no failures: Actito takes its time. */
const USUAL = ['ImportPending', 'ListPending'];
/** Milliseconds by which clocks may differ, and by which state and Temporal may be asked one after the other. */
const CLOSE_BY = 60_000;

/** What is wrong with an activation's runs that are open, or seem to be. */
export function runProblems(activation: string, lastRun: PastRun | null, runs: KnownRuns, now: Date): Told[] {
  const lost = lastRun === null ? undefined : lossOf(activation, lastRun, runs, now);
  return [
    ...runs.underWay.flatMap((run) => problemsOf(activation, run)),
    ...(lost === undefined ? [] : [lost]),
  ];
}

/** Since when a run goes on, and what it does, e.g. `since 2026-01-31T06:00Z (planning)`. */
export function underWayWords({ since, phase }: RunUnderWay): string {
  return underWayInWords({ since: minute(since), phase });
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
