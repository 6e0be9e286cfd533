import { longestGap } from '../../activation/definition/longest-gap.ts';
import type { Activation } from '../../activation/definition/definition.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { Project } from '../../config/project.ts';
import type { PastRun } from '../../state/report/history.ts';
import type { Standing } from '../../state/report/overview.ts';
import type { Rest } from '../../state/runs/rest.ts';
import type { LiveStatus, NextStarts, RunUnderWay } from '../../client/status.ts';
import { needsPerson, overlapProblem, renewalProblem, runProblems } from './status-problems.ts';
import type { Standings } from './status-state.ts';

/** The status of an activation. */
export interface ActivationStatus {
  activation: string;
  /** Null: the activation has never run. */
  lastRun: PastRun | null;
  /** The last delivered list; null: there is none. */
  list: { members: number; deliveredAt: Date; expiresAt: Date; hoursLeft: number } | null;
  /** Null: it has no schedule; undefined: Temporal was not asked. */
  schedule: NextStarts | null | undefined;
  /** Set while the schedule backs off because its runs keep failing; null: it does not. */
  rest: Omit<Rest, 'activation'> | null;
  /** Runs that are open in Temporal, without dry runs; undefined: Temporal was not asked. */
  running: RunUnderWay[] | undefined;
  /** The profile table's imports in the last 24 hours, by all activations; null: the destination is invalid. */
  imports: {
    used: number;
    limit: number;
    left: number;
    nextFree: Date | null;
    /** The activations whose attributes wait for an import, and since when, in the order of the queue. */
    waiting: { activation: string; since: Date }[];
  } | null;
  /** The number of held or failed runs since the last successful one. */
  streak: number;
  /** Members in their grace period: the list has them, the segment does not. */
  leaving: number;
  /** Members of the segment who wait for a profile: they are not on the list. */
  waiting: number;
  /** Problems to look at. */
  warnings: Told[];
  /** At least one problem requires a person to act. */
  needsPerson: boolean;
}

/** Combines what the project, the state and Temporal (undefined: not asked) know about an activation. */
export function statusOf(
  id: string,
  project: Project,
  state: Standings,
  live: LiveStatus | undefined,
): ActivationStatus {
  const { now } = state;
  const activation = project.activations.get(id);
  const standing = state.standings.get(id);
  const status = {
    activation: id,
    lastRun: state.lastRuns.get(id) ?? null,
    list: listOf(standing, now),
    schedule: live?.schedule,
    rest: restOf(id, state),
    running: live?.runs.underWay,
    imports: activation ? importsOf(activation, project, state) : null,
    streak: standing?.streak ?? 0,
    leaving: standing?.leaving ?? 0,
    waiting: standing?.waiting ?? 0,
  };
  const ofRuns = live ? runProblems(id, status.lastRun, live.runs, now) : [];
  const overlap =
    activation?.schedule && overlapProblem(id, activation.schedule, status, state.took.get(id), now);
  const ofRest = warningsOf(status, activation, standing, now);
  const warnings = [...filesOf(id, project), ...ofRuns, ...(overlap ? [overlap] : []), ...ofRest];
  return { ...status, warnings, needsPerson: warnings.some(needsPerson) };
}

function restOf(id: string, { rests }: Standings): ActivationStatus['rest'] {
  const rest = rests.find(({ activation }) => activation === id);
  return rest ? { type: rest.type, runs: rest.runs, since: rest.since, next: rest.next } : null;
}

/** Reports problems in the files of an activation. */
function filesOf(activation: string, { broken, contested }: Project): Told[] {
  const [wrong, wanted] = [broken.get(activation), contested.get(activation)];
  return [
    ...(wrong ? [tell('cannotRun', { activation, problems: wrong })] : []),
    ...(wanted ? [tell('contestedByOther', { activation, problems: wanted })] : []),
  ];
}

function importsOf(activation: Activation, project: Project, state: Standings): ActivationStatus['imports'] {
  const { standings, quotas, line } = state;
  const { id } = activation;
  const { limits } = project.destinations.get(activation.destination)!;
  const own = line.find((waiting) => waiting.activation === id)?.quotaKey;
  const key = own ?? standings.get(id)?.quotaKey ?? sharedQuotaKey(activation, project, standings);
  const use = quotas.find(({ quotaKey }) => quotaKey === key);
  const used = use?.used ?? 0;
  const limit = limits.importsPerTablePerDay;
  return {
    used,
    limit,
    left: Math.max(0, limit - used),
    nextFree: use?.nextFree ?? null,
    waiting: line
      .filter(({ quotaKey }) => quotaKey === key)
      .map(({ activation, since }) => ({ activation, since })),
  };
}

/** Looks up the quota through another activation of the same destination, because this one has never imported. */
function sharedQuotaKey(
  { destination }: Activation,
  project: Project,
  standings: ReadonlyMap<string, Standing>,
): string | undefined {
  const others = [...project.activations.values()].filter((other) => other.destination === destination);
  return others.map(({ id }) => standings.get(id)?.quotaKey).find((key) => key) ?? undefined;
}

function listOf(standing: Standing | undefined, now: Date): ActivationStatus['list'] {
  if (!standing?.deliveredAt || standing.validity === null) return null;
  const { members, deliveredAt, validity } = standing;
  const expiresAt = new Date(deliveredAt.getTime() + validity);
  const hoursLeft = Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 360_000) / 10);
  return { members, deliveredAt, expiresAt, hoursLeft };
}

function warningsOf(
  {
    activation: id,
    streak,
    lastRun,
    imports,
    schedule,
    rest,
  }: Omit<ActivationStatus, 'warnings' | 'needsPerson'>,
  wanted: Activation | undefined,
  standing: Standing | undefined,
  now: Date,
): Told[] {
  const warnings: (Told | undefined)[] = [
    streak > 0 ? streakProblem(id, streak, lastRun) : undefined,
    schedule && rest ? tell('scheduleRests', restFacts(id, rest)) : undefined,
    renewal(id, wanted, standing, schedule, now),
    deliveryProblem(id, standing, lastRun),
    ...(imports ? [usedUp(id, imports), waitingProblem(id, imports)] : []),
    ...(lastRun?.notes ?? []).map(({ message }) => tell('segmentNoted', { activation: id, note: message })),
  ];
  return warnings.filter((warning) => warning !== undefined);
}

/** Converts a backoff to the facts of a message. */
function restFacts(activation: string, { type, runs, since, next }: Omit<Rest, 'activation'>) {
  return { activation, type, runs, since: since.toISOString(), next: next.toISOString() };
}

type Imports = NonNullable<ActivationStatus['imports']>;

function usedUp(activation: string, { used, limit, nextFree }: Imports): Told | undefined {
  if (used < limit) return undefined;
  return tell('importsUsedUp', { activation, used, nextFree: nextFree?.toISOString() ?? null });
}

function waitingProblem(id: string, { waiting, left, limit }: Imports): Told | undefined {
  const place = waiting.findIndex(({ activation }) => activation === id);
  if (place < 0) return undefined;
  const before = waiting.slice(0, place).map(({ activation }) => activation);
  const since = waiting[place]!.since.toISOString();
  return tell('attributesWait', { activation: id, since, left, limit, before });
}

/** Reports why Actito's list is not up to date. */
function deliveryProblem(
  activation: string,
  standing: Standing | undefined,
  lastRun: PastRun | null,
): Told | undefined {
  const { dirty = false, forgotten = 0 } = standing ?? {};
  if (forgotten > 0) return tell('forgottenListed', { activation, people: forgotten });
  if (!dirty || lastRun?.failureType === 'NobodyTargeted') return undefined; // the failure is already reported
  if (lastRun?.rebase && lastRun.outcome?.startsWith('succeeded'))
    return tell('rebaseUndelivered', { activation, run: lastRun.run });
  return tell('deliveryUnknown', { activation });
}

/** Counts failed runs. A canceled or open run after them says nothing about their cause. */
function streakProblem(activation: string, runs: number, lastRun: PastRun | null): Told {
  if (lastRun?.outcome === 'held' || lastRun?.outcome === 'failed')
    return tell('heldOrFailed', { activation, runs, failure: lastRun.failure });
  return tell('heldOrFailedBefore', { activation, runs });
}

function renewal(
  id: string,
  wanted: Activation | undefined,
  standing: Standing | undefined,
  schedule: NextStarts | null | undefined,
  now: Date,
): Told | undefined {
  if (!standing?.deliveredAt || standing.validity === null) return undefined;
  const { deliveredAt, validity } = standing;
  const isExpired = deliveredAt.getTime() + validity <= now.getTime();
  if (schedule === undefined && !isExpired) return undefined; // without the schedule, the next start is not known
  return renewalProblem(
    id,
    {
      deliveredAt,
      validity,
      starts: schedule?.due ? [now] : (schedule?.starts ?? []),
      paused: schedule?.paused ?? false,
      longestGap: wanted?.schedule && longestGap(wanted.schedule),
    },
    now,
  );
}
