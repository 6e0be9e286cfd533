import type { Knex } from 'knex';
import { listTarget } from '../../activation/definition/definition.ts';
import { notApproved } from '../../activation/approval.ts';
import { evaluateGuards } from '../../activation/guards.ts';
import type { GuardTrip } from '../../contract/plan.ts';
import { matchLimit } from '../../activation/match-rate.ts';
import type { Acknowledged } from '../acknowledged.ts';
import { latestDecision } from '../decisions.ts';
import type { Plan, Run } from '../runs/runs.ts';
import type { DeltaCounts } from './counts.ts';
import { knownEntering, knownMatches, matchTrip } from './match-rate.ts';

/** What a plan is judged by, besides its run and what was acknowledged. */
interface Planned {
  delta: DeltaCounts;
  /** Members of the segment. */
  members: number;
  /** Members whose attributes changed; 0 when all of them differ for another reason. */
  changed: number;
}

/** The guards that hold a run for what its plan would do. */
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
  return [...trips, ...(await matchRate(trx, run))];
}

/** The guard on the match rate; all members are read only where a rate is asked for. */
async function matchRate(trx: Knex, run: Run): Promise<GuardTrip[]> {
  const limit = matchLimit(run.definition.activation);
  if (!limit) return [];
  const known = limit.minMatchRatio === undefined ? knownEntering : knownMatches;
  const trip = await matchTrip(trx, run, limit, await known(trx, run));
  return trip ? [trip] : [];
}

/**
 * For the guards, a member whose identifier is replaced leaves and enters: the list targets by identifiers. When the list
 * is to hold another attribute, that is no news about people.
 */
function leavingAndEntering(
  { definition }: Run,
  { added, removed, reidentified }: DeltaCounts,
  { target }: Acknowledged,
): { added: number; removed: number } {
  const replaced = target === listTarget(definition) ? reidentified : 0;
  return { added: added + replaced, removed: removed + replaced };
}

/** What an approval answers does not hold the run; who refused this very plan is told. */
export async function withDecision(trx: Knex.Transaction, run: Run, plan: Plan): Promise<Plan> {
  if (plan.guards.length === 0) return plan;
  const decision = await latestDecision(trx, run.activation, run.task);
  if (!decision || decision.usedUp) return plan;
  const { by, reason, verdict, planHash: decided, figures } = decision;
  if (verdict === 'refused') return decided === plan.hash ? { ...plan, refused: { by, reason } } : plan;
  // Held by one, it is held by all: who approves it anew then approves the whole of it.
  if (notApproved(plan.guards, figures).length > 0) return plan;
  return { ...plan, guards: [], approved: { guards: plan.guards.map(({ guard }) => guard), by, reason } };
}
