import type { Knex } from 'knex';
import { listTarget } from '../../activation/definition/definition.ts';
import { notApproved } from '../../activation/approval.ts';
import { evaluateGuards } from '../../activation/guards.ts';
import type { GuardTrip } from '../../contract/plan.ts';
import { matchGuard, matchLimit } from '../../activation/match-rate.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { Acknowledged } from '../acknowledged.ts';
import { rows } from '../state.ts';
import { latestDecision } from '../decisions.ts';
import type { Plan, Run } from '../runs/runs.ts';
import type { DeltaCounts } from './counts.ts';
import { directoryMatches, knownEntering, knownMatches, matchTrip } from './match-rate.ts';

/** What a plan is checked with, besides its run and the confirmed state. */
interface Planned {
  delta: DeltaCounts;
  /** Members of the segment. */
  members: number;
  /** Members whose attributes changed; 0 if all of them differ for another reason. */
  changed: number;
}

/** Returns the guards that hold a run because of its plan. */
export async function judge(
  trx: Knex,
  run: Run,
  acknowledged: Acknowledged,
  { delta, members, changed }: Planned,
): Promise<GuardTrip[]> {
  const { read = 0, rejected = 0 } = run.counts;
  const trips = evaluateGuards(run.definition.activation.guards, {
    read,
    rejected,
    ...leavingAndEntering(run, delta, acknowledged),
    changed,
    members,
    leaving: delta.leaving,
    listed: acknowledged.list.members,
    peak: acknowledged.peak,
    delivered: acknowledged.deliveredAt !== null,
  });
  return [...trips, ...(await directoryAge(trx, run)), ...(await matchRate(trx, run, delta))];
}

/** The guard on the age of the profile directory: who appeared or left in Actito since is not known. */
async function directoryAge(trx: Knex, { run, definition }: Run): Promise<GuardTrip[]> {
  const limit = definition.destination.profiles?.maxAge;
  if (limit === undefined) return [];
  const [found] = await rows<{ written: Date; age: number }>(
    trx,
    `select written_at as written, cast(extract(epoch from now() - written_at) * 1000 as float8) as age
     from directories join runs on runs.directory = directories.id where no = ?`,
    [run],
  );
  if (!found || found.age <= limit) return [];
  const hours = Math.floor(found.age / 3_600_000);
  const facts = { hours, limit: Math.floor(limit / 3_600_000), written: found.written.toISOString() };
  return [{ guard: 'profiles.maxAge', figure: hours, ...tell('directoryStale', facts) }];
}

/** The guard on the match rate. Reads all members only if a rate is configured. */
async function matchRate(trx: Knex, run: Run, delta: DeltaCounts): Promise<GuardTrip[]> {
  const limit = matchLimit(run.definition.activation);
  if (!limit) return [];
  const forecast = directoryMatches(run, delta);
  if (forecast) {
    const held = matchGuard(limit, forecast);
    // Without a configured limit, a list with at least one profile is not a list of nobody.
    return held && (limit.minMatchRatio !== undefined || delta.list.members === 0) ? [held] : [];
  }
  const known = limit.minMatchRatio === undefined ? knownEntering : knownMatches;
  const trip = await matchTrip(trx, run, limit, await known(trx, run));
  return trip ? [trip] : [];
}

/**
 * For the guards, a member whose identifier is replaced is removed and added, because the list targets by identifiers.
 * If the list changes to another attribute, this does not count.
 */
function leavingAndEntering(
  { definition }: Run,
  { added, removed, reidentified }: DeltaCounts,
  { target }: Acknowledged,
): { added: number; removed: number } {
  const replaced = target === listTarget(definition) ? reidentified : 0;
  return { added: added + replaced, removed: removed + replaced };
}

/**
 * Applies the last decision: guards covered by an approval do not hold the run, and a decline of this plan is reported.
 */
export async function withDecision(trx: Knex.Transaction, run: Run, plan: Plan): Promise<Plan> {
  if (plan.guards.length === 0) return plan;
  const decision = await latestDecision(trx, run.activation, run.task);
  if (!decision || decision.usedUp) return plan;
  const { by, reason, verdict, planHash: decided, figures } = decision;
  if (verdict === 'refused') return decided === plan.hash ? { ...plan, refused: { by, reason } } : plan;
  // If one guard holds the run, all tripped guards do, so a new approval covers the whole plan.
  if (notApproved(plan.guards, figures).length > 0) return plan;
  return { ...plan, guards: [], approved: { guards: plan.guards.map(({ guard }) => guard), by, reason } };
}
