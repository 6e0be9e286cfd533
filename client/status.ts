import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { SCHEDULE_PREFIX } from '../activation/schedule-owner.ts';
import { FAILURE_TYPES } from '../contract/failure.ts';
import { activationKey, phaseKey, WORKFLOW_TYPE } from '../contract/names.ts';
import type { RunProgress } from '../contract/progress.ts';
import { followRun, troubleOf, type Trouble } from './follow.ts';
import { endedRuns, runsUnderWay } from './runs.ts';
import { describeSchedule, startsAhead } from './schedules.ts';
import type { RunHandle } from './start.ts';

/** Milliseconds. A server that is gone is noticed before; a worker that answers with errors only is not waited for. */
const ANSWER_TIMEOUT = 9_000;
/** Of the ended runs only the one that the state takes for open matters, and that is among the latest. */
const LATEST = 10;

/** What Temporal knows of an activation: its schedule and its runs. */
export interface LiveStatus {
  /** Null: nothing starts it by itself. */
  schedule: NextStarts | null;
  runs: KnownRuns;
}

/** When an activation starts by itself, as Temporal has it. */
export interface NextStarts {
  /** The next starts, as many as Temporal tells and none of them past; empty when it is paused or at its end. */
  starts: Date[];
  /** None is ahead, but one is being made, or was missed and will be made. */
  due: boolean;
  paused: boolean;
  /** Why it is paused, in the words of who did it. */
  note: string | null;
}

/** A run that is open in Temporal, dry runs left out. */
export interface RunUnderWay {
  workflowId: string;
  since: Date;
  /** What it is doing; null: no worker has taken it yet. */
  phase: string | null;
  /** Whether a worker was there when it was asked. */
  workerAnswers: boolean;
  /** What failed, and is tried again; null: nothing. */
  trouble: RunTrouble | null;
}

/** What a run waits out, without anything that could name a person. */
export interface RunTrouble {
  /** A word of contract/failure.ts, or the kind of an error that has none. */
  type: string;
  /** In our own words; null: it has none. */
  message: string | null;
  /** How often it was tried. */
  attempts: number;
  /** When it is tried again; null: right now. */
  next: Date | null;
  /** When it is given up, if nothing changes; null: Temporal has not said. */
  until: Date | null;
}

/** A run that Temporal has ended. */
export interface EndedRun {
  workflowId: string;
  since: Date;
  endedAt: Date;
  /** Nobody could close it: it was terminated, or timed out. */
  killed: boolean;
}

/** What Temporal knows of an activation's runs. */
export interface KnownRuns {
  underWay: RunUnderWay[];
  /** The latest ones. */
  ended: EndedRun[];
}

/** When an activation starts next, counted from `now`, and what its runs do now. */
export async function readLiveStatus(client: Client, activation: string, now: Date): Promise<LiveStatus> {
  const [schedule, runs] = await Promise.all([
    readNextStarts(client, activation, now),
    readRuns(client, activation),
  ]);
  return { schedule, runs };
}

/** The schedule that starts an activation, or null when there is none. */
async function readNextStarts(client: Client, activation: string, now: Date): Promise<NextStarts | null> {
  const found = await describeSchedule(client, `${SCHEDULE_PREFIX}${activation}`);
  if (found?.action.workflowType !== WORKFLOW_TYPE) return null;
  const { starts, due } = startsAhead(found, now);
  const { paused, note } = found.state;
  return { starts, due, paused, note: note ?? null };
}

/** The runs of an activation that are open or have ended lately, by hand or by its schedule. */
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

/** What an open run does, or that it has ended meanwhile. */
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

/** Only our own failures are known to name nobody. */
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

/** Follows a run until it has said something, or nobody answers. */
async function askOnce(handle: RunHandle): Promise<{ workerAnswers: boolean; progress?: RunProgress }> {
  const enough = new AbortController();
  let workerAnswers = true;
  let progress: RunProgress | undefined;
  const follow = followRun(handle, {
    signal: AbortSignal.any([enough.signal, AbortSignal.timeout(ANSWER_TIMEOUT)]),
    onProgress: (told) => {
      progress = told;
      enough.abort();
    },
    onSilence: () => {
      workerAnswers = false;
      enough.abort();
    },
  });
  await follow.catch(() => undefined); // that it was left, or has just ended: the answer is what counts
  return { workerAnswers, progress };
}
