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

/** How an activation stands. */
export interface ActivationStatus {
  activation: string;
  /** Null: it has never run. */
  lastRun: PastRun | null;
  /** The list last delivered; null: none was. */
  list: { members: number; deliveredAt: Date; expiresAt: Date; hoursLeft: number } | null;
  /** Null: it has none; undefined: Temporal was not asked. */
  schedule: NextStarts | null | undefined;
  /** That starts of its schedule do not try for now, since its runs go on failing; null: they do. */
  rest: Omit<Rest, 'activation'> | null;
  /** Its runs that are open in Temporal, dry runs left out; undefined: Temporal was not asked. */
  running: RunUnderWay[] | undefined;
  /** Imports of its profile table in the last 24 hours, of all activations; null: its destination is not valid. */
  imports: {
    used: number;
    limit: number;
    left: number;
    nextFree: Date | null;
    /** Whose attributes wait for one of them, since when; who comes first stands first. */
    waiting: { activation: string; since: Date }[];
  } | null;
  /** Runs that were held or failed since the last one that succeeded. */
  streak: number;
  /** Members of the list that the segment lacks: they stay on it for their grace period. */
  leaving: number;
  /** What someone should look at. */
  warnings: Told[];
  /** Something of it does not come right by itself. */
  needsPerson: boolean;
}

/** Puts together what project, state and Temporal (undefined: it was not asked) know of an activation. */
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

/** What is wrong with the files of an activation. */
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

/** The profile table's quota that another activation of the same destination has used; this one never imported. */
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

/** A rest as messages take it. */
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

/** What the list in Actito is not as it should be for. */
function deliveryProblem(
  activation: string,
  standing: Standing | undefined,
  lastRun: PastRun | null,
): Told | undefined {
  const { dirty = false, forgotten = 0 } = standing ?? {};
  if (forgotten > 0) return tell('forgottenListed', { activation, people: forgotten });
  if (!dirty || lastRun?.failureType === 'NobodyTargeted') return undefined; // what failed is told already
  if (lastRun?.rebase && lastRun.outcome?.startsWith('succeeded'))
    return tell('rebaseUndelivered', { activation, run: lastRun.run });
  return tell('deliveryUnknown', { activation });
}

/** A run that was cancelled, or goes on, after those that failed says nothing of why they did. */
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
  if (schedule === undefined && !isExpired) return undefined; // nobody knows
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
