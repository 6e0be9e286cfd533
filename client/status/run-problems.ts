import type { PastRun } from '../../state/report/history.ts';
import { minute } from '../output/moments.ts';
import { isRunOf } from '../run/under-way.ts';
import type { KnownRuns, RunTrouble, RunUnderWay } from './runs.ts';

/** These are no failures: Actito takes its time. */
const USUAL = ['ImportPending', 'ListPending'];
/** Milliseconds by which clocks may differ, and by which state and Temporal may be asked one after the other. */
const CLOSE_BY = 60_000;

/** What is wrong with an activation's runs that are open, or seem to be, a sentence each. */
export function runProblems(
  activation: string,
  lastRun: PastRun | null,
  runs: KnownRuns,
  now: Date,
): string[] {
  const lost = lastRun === null ? undefined : lossOf(activation, lastRun, runs, now);
  return [...runs.underWay.flatMap(problemsOf), ...(lost === undefined ? [] : [lost])];
}

/** Since when a run goes on, and what it does, e.g. `since 2026-01-31T06:00Z (planning)`. */
export function underWayWords({ since, phase }: RunUnderWay): string {
  return `since ${minute(since)} (${phase ?? 'waits for a worker'})`;
}

function problemsOf(run: RunUnderWay): string[] {
  const { workerAnswers, trouble } = run;
  return [
    ...(workerAnswers
      ? []
      : [`no worker answers for its run ${underWayWords(run)}; it goes on as soon as one does`]),
    ...(trouble === null || USUAL.includes(trouble.type)
      ? []
      : [`its run ${underWayWords(run)} waits out ${troubleWords(trouble)}`]),
  ];
}

function troubleWords({ type, message, attempts, next }: RunTrouble): string {
  const again = next ? `next at ${next.toISOString()}` : 'again now';
  const tried = `(tried ${attempts} ${attempts === 1 ? 'time' : 'times'}, ${again})`;
  return [message === null ? type : `${type}: ${message}`, tried].join(' ');
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
): string | undefined {
  if (run.outcome !== null || !isRunOf({ activation }, run.workflowId)) return undefined;
  if (underWay.some((open) => isSame(open, run))) return undefined;
  const end = ended.find((candidate) => isSame(candidate, run)); // the latest of that id comes first
  const repaired = 'the next run closes and repairs it';
  if (end?.killed) return `its last run (${run.run}) was terminated: ${repaired}`;
  // The state was asked first: it may have ended since, or be too new for Temporal's listing.
  if ((end?.endedAt ?? run.openedAt).getTime() > now.getTime() - CLOSE_BY) return undefined;
  return `its last run (${run.run}) is not open in Temporal any more: ${repaired}`;
}

/** An id is used again: a run opened its row soon after it was started, never before. */
function isSame({ workflowId: id, since }: { workflowId: string; since: Date }, run: PastRun): boolean {
  return id === run.workflowId && since.getTime() <= run.openedAt.getTime() + CLOSE_BY;
}
