import { longestGap } from '../../activation/definition/longest-gap.ts';
import type { Activation } from '../../activation/definition/definition.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { Project } from '../../config/project.ts';
import { readHistory, type PastRun } from '../../state/report/history.ts';
import {
  readLine,
  readQuotaUse,
  readStandings,
  type QuotaUse,
  type Standing,
  type Waiting,
} from '../../state/report/overview.ts';
import type { Snapshot } from '../../state/report/snapshot.ts';
import type { NextStarts, Outlook } from './next-start.ts';
import { renewalProblem } from './renewal.ts';
import { runProblems } from './run-problems.ts';
import type { RunUnderWay } from './runs.ts';

/** How an activation stands. */
export interface ActivationStatus {
  activation: string;
  /** Null: it has never run. */
  lastRun: PastRun | null;
  /** The list last delivered; null: none was. */
  list: { members: number; deliveredAt: Date; expiresAt: Date; hoursLeft: number } | null;
  /** Null: it has none; undefined: Temporal was not asked. */
  schedule: NextStarts | null | undefined;
  /** Its runs that are open in Temporal, dry runs left out; undefined: Temporal was not asked. */
  running: RunUnderWay[] | undefined;
  /** Imports of its profile table in the last 24 hours, of all activations. */
  imports: {
    used: number;
    limit: number;
    left: number;
    nextFree: Date | null;
    /** Whose attributes wait for one of them, since when; who comes first stands first. */
    waiting: { activation: string; since: Date }[];
  };
  /** Runs that were held or failed since the last one that succeeded. */
  streak: number;
  /** What someone should look at. */
  warnings: Told[];
}

/** What the state database says of the project's activations. */
export interface Standings {
  standings: Map<string, Standing>;
  lastRuns: Map<string, PastRun>;
  quotas: QuotaUse[];
  line: Waiting[];
}

/** Reads how some activations stand. */
export async function readState(snapshot: Snapshot, activations: readonly string[]): Promise<Standings> {
  const standings = new Map(
    (await readStandings(snapshot)).map((standing) => [standing.activation, standing]),
  );
  const lastRuns = new Map<string, PastRun>();
  for (const activation of activations) {
    // Dry runs change nothing, so the last run is the last one that was none.
    const found = (await readHistory(snapshot, { activation, limit: 1, dryRuns: false }))[0];
    if (found) lastRuns.set(activation, found);
  }
  return { standings, lastRuns, quotas: await readQuotaUse(snapshot), line: await readLine(snapshot) };
}

/** Puts together what project, state and Temporal (undefined: it was not asked) know of an activation. */
export function statusOf(
  activation: Activation,
  project: Project,
  { standings, lastRuns, quotas, line }: Standings,
  outlook: Outlook | undefined,
  now: Date,
): ActivationStatus {
  const { id } = activation;
  const standing = standings.get(id);
  const { limits } = project.destinations.get(activation.destination)!;
  const own = line.find((waiting) => waiting.activation === id)?.quotaKey;
  const key = own ?? standing?.quotaKey ?? sharedQuotaKey(activation, project, standings);
  const use = quotas.find(({ quotaKey }) => quotaKey === key);
  const used = use?.used ?? 0;
  const limit = limits.importsPerTablePerDay;
  const imports = {
    used,
    limit,
    left: Math.max(0, limit - used),
    nextFree: use?.nextFree ?? null,
    waiting: line
      .filter(({ quotaKey }) => quotaKey === key)
      .map(({ activation, since }) => ({ activation, since })),
  };
  const status = {
    activation: id,
    lastRun: lastRuns.get(id) ?? null,
    list: listOf(standing, now),
    schedule: outlook?.schedule,
    running: outlook?.runs.underWay,
    imports,
    streak: standing?.streak ?? 0,
  };
  const ofRuns = outlook ? runProblems(id, status.lastRun, outlook.runs, now) : [];
  const ofRest = warningsOf(status, activation, standing, now);
  return { ...status, warnings: [...ofRuns, ...ofRest] };
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
  { streak, lastRun, imports, schedule }: Omit<ActivationStatus, 'warnings'>,
  activation: Activation,
  standing: Standing | undefined,
  now: Date,
): Told[] {
  const { id } = activation;
  const { used, limit, nextFree } = imports;
  const free = nextFree?.toISOString() ?? null;
  const warnings: (Told | undefined)[] = [
    streak > 0 ? streakProblem(id, streak, lastRun) : undefined,
    renewal(activation, standing, schedule, now),
    deliveryProblem(id, standing, lastRun),
    used >= limit ? tell('importsUsedUp', { activation: id, used, nextFree: free }) : undefined,
    waitingProblem(id, imports),
    ...(lastRun?.notes ?? []).map(({ message }) => tell('segmentNoted', { activation: id, note: message })),
  ];
  return warnings.filter((warning) => warning !== undefined);
}

function waitingProblem(id: string, { waiting, left, limit }: ActivationStatus['imports']): Told | undefined {
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
  { id, schedule: wanted }: Activation,
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
      starts: schedule?.starts ?? [],
      paused: schedule?.paused ?? false,
      longestGap: wanted && longestGap(wanted),
    },
    now,
  );
}
