import { type Client, type WorkflowExecutionInfo, WorkflowFailedError } from '@temporalio/client';
import { SCHEDULE_PREFIX } from '../activation/schedule-owner.ts';
import { FAILURE_TYPES } from '../contract/failure.ts';
import { activationKey, phaseKey, WORKFLOW_TYPE } from '../contract/names.ts';
import type { RunProgress } from '../contract/progress.ts';
import { followRun, troubleOf, type Trouble } from './follow.ts';
import { endedRuns, runsUnderWay } from './runs.ts';
import { describeSchedule, startsAhead } from './schedules.ts';
import type { RunHandle } from './start.ts';

/**
 * Milliseconds. An unreachable server fails sooner, and so does a query that no worker accepts. This limits the wait on a
 * busy server, and for a worker that answers only with errors: neither counts as an answer.
 */
const ANSWER_TIMEOUT = 9_000;
/** Of the closed runs, only the one that is still open in the state matters, and it is among the latest. */
const LATEST = 10;

export interface LiveStatus {
  /** Null: it has no schedule. */
  schedule: NextStarts | null;
  runs: KnownRuns;
}

/** The next starts of an activation in Temporal. */
export interface NextStarts {
  /** The future starts that Temporal reports; empty when the schedule is paused or has ended. */
  starts: Date[];
  /** There is no future start, but one is in progress, or was missed and will be made up. */
  due: boolean;
  paused: boolean;
  /** The note of the person who paused it. */
  note: string | null;
}

/** A run that is open in Temporal; never a dry run. */
export interface RunUnderWay {
  workflowId: string;
  since: Date;
  /** The current phase; null: no worker has started it yet. */
  phase: string | null;
  /** Whether a worker responded. */
  workerAnswers: boolean;
  /** The failure that is being retried; null: none. */
  trouble: RunTrouble | null;
}

/** A failure that a run is retrying, without anything that could identify a person. */
export interface RunTrouble {
  /** A type of contract/failure.ts, or the kind of an error that has none. */
  type: string;
  /** Our own message; null: the error has none. */
  message: string | null;
  /** The number of attempts so far. */
  attempts: number;
  /** The time of the next attempt; null: now. */
  next: Date | null;
  /** When the retries end; null: Temporal has not said. */
  until: Date | null;
}

/** A run that is closed in Temporal. */
export interface EndedRun {
  workflowId: string;
  since: Date;
  endedAt: Date;
  /** The run could not close itself: it was terminated, or timed out. */
  killed: boolean;
}

export interface KnownRuns {
  underWay: RunUnderWay[];
  /** Only the latest ones. */
  ended: EndedRun[];
}

/** Reads the next starts of an activation, counted from `now`, and the state of its runs. */
export async function readLiveStatus(client: Client, activation: string, now: Date): Promise<LiveStatus> {
  const [schedule, runs] = await Promise.all([
    readNextStarts(client, activation, now),
    readRuns(client, activation),
  ]);
  return { schedule, runs };
}

/** Reads the schedule of an activation; null when there is none. */
async function readNextStarts(client: Client, activation: string, now: Date): Promise<NextStarts | null> {
  const found = await describeSchedule(client, `${SCHEDULE_PREFIX}${activation}`);
  if (found?.action.workflowType !== WORKFLOW_TYPE) return null;
  const { starts, due } = startsAhead(found, now);
  const { paused, note } = found.state;
  return { starts, due, paused, note: note ?? null };
}

/** Reads the runs of an activation that are open or have ended recently, started manually or by its schedule. */
async function readRuns(client: Client, activation: string): Promise<KnownRuns> {
  const request = { activation };
  const [open, ended] = await Promise.all([
    runsUnderWay(client, request),
    endedRuns(client, request, LATEST),
  ]);
  const looked = await Promise.all(open.map(look));
  return {
    underWay: looked.filter((run) => 'phase' in run),
    ended: [...looked.filter((run) => 'endedAt' in run), ...ended.map(endOf)],
  };
}

/** Reads what an open run is doing, or that it has ended meanwhile. */
async function look(handle: RunHandle): Promise<RunUnderWay | EndedRun> {
  const described = await handle.describe();
  if (described.closeTime) return endOf(described);
  const [{ workerAnswers, progress }, trouble] = await Promise.all([
    askOnce(handle),
    troubleOf(handle, new Date(Date.now() + ANSWER_TIMEOUT)),
  ]);
  const { workflowId, startTime: since, typedSearchAttributes: told } = described;
  const isTaken = told.get(activationKey) !== undefined;
  const phase = progress?.phase ?? told.get(phaseKey) ?? (isTaken ? 'opening' : null);
  return { workflowId, since, phase, workerAnswers, trouble: trouble ? inOurWords(trouble) : null };
}

/** Only our own messages certainly contain no personal data. */
function inOurWords(trouble: Trouble): RunTrouble {
  return { ...trouble, message: trouble.type in FAILURE_TYPES ? trouble.message : null };
}

function endOf({
  workflowId,
  startTime,
  closeTime,
  status: { name },
}: Omit<WorkflowExecutionInfo, 'raw'>): EndedRun {
  const killed = name === 'TERMINATED' || name === 'TIMED_OUT';
  return { workflowId, since: startTime, endedAt: closeTime ?? startTime, killed };
}

/** Follows a run until its first answer or its end, or until no worker responds. */
async function askOnce(handle: RunHandle): Promise<{ workerAnswers: boolean; progress?: RunProgress }> {
  const enough = new AbortController();
  let progress: RunProgress | undefined;
  const follow = followRun(handle, {
    signal: AbortSignal.any([enough.signal, AbortSignal.timeout(ANSWER_TIMEOUT)]),
    onProgress: (told) => {
      progress = told;
      enough.abort();
    },
    onSilence: () => enough.abort(),
  });
  const hasEnded = await follow.then(
    () => true,
    (error) => error instanceof WorkflowFailedError,
  );
  return { workerAnswers: hasEnded || progress !== undefined, progress };
}
