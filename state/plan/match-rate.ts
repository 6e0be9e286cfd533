import type { Knex } from 'knex';
import {
  matchGuard,
  matchLimit,
  type KnownMatches,
  type Matches,
  type MatchLimit,
} from '../../activation/match-rate.ts';
import type { GuardTrip } from '../../contract/plan.ts';
import { membersTable, resultTable } from '../names.ts';
import type { PlannedRun, Run } from '../runs/runs.ts';
import { foldedSql } from '../settle/folded.ts';
import type { DeltaCounts } from './counts.ts';
import { rows } from '../state.ts';

const NONE: Matches = { judged: 0, missed: 0 };

/** Members for whom Actito has answered, and who need no retry yet. */
const ANSWERED = `member.outcome in ('ok', 'unmatched', 'refused') and member.attribute_mark is not null
  and (retry_at is null or retry_at > now())`;

/** Counts Actito's answers of earlier imports about the added members. Reads no others. */
export async function knownEntering(db: Knex, { activation, delta }: Run): Promise<KnownMatches> {
  const [found] = await rows<Record<'judged' | 'missed', string>>(
    db,
    `select count(*) as judged, count(*) filter (where outcome <> 'ok') as missed
     from ${delta} d join ${membersTable(activation)} member using (mark)
     where membership = 'added' and known and ${ANSWERED}`,
  );
  return {
    justSent: NONE,
    entering: { judged: Number(found!.judged), missed: Number(found!.missed) },
    all: NONE,
  };
}

/** Counts Actito's answers of earlier imports about the added members, and about the whole list. */
export async function knownMatches(db: Knex, { activation, delta }: Run): Promise<KnownMatches> {
  const missed = `outcome in ('unmatched', 'refused')`;
  const [found] = await rows<Record<string, string>>(
    db,
    `select count(*) as "all", count(*) filter (where ${missed}) as "allMissed",
            count(*) filter (where not listed) as entering,
            count(*) filter (where not listed and ${missed}) as "enteringMissed"
     from ${membersTable(activation)} member left join ${delta} d using (mark)
     where ${ANSWERED}
       and case when listed then membership is distinct from 'removed' else membership = 'added' end`,
  );
  const matches = (name: string) => ({
    judged: Number(found![name]),
    missed: Number(found![`${name}Missed`]),
  });
  return { justSent: NONE, entering: matches('entering'), all: matches('all') };
}

/**
 * Counts the profiles of a list that is resolved by the profile directory, before anything is sent; undefined for other
 * lists. A member without a profile is not on the list.
 */
export function directoryMatches(
  { counts: { waiting } }: Run,
  { added, waiting: entering, list }: Pick<DeltaCounts, 'added' | 'waiting' | 'list'>,
): KnownMatches | undefined {
  if (waiting === undefined) return undefined;
  return {
    justSent: NONE,
    entering: { judged: added + entering, missed: entering },
    all: { judged: list.members + waiting, missed: waiting },
  };
}

/**
 * Whether Actito matches someone who stays on the list. Then the list does not target nobody, whoever is added. One
 * more member than is removed is read, so at least one of them stays, if there is one.
 */
async function knowsListed(db: Knex, { activation, delta }: Run): Promise<boolean> {
  const [found] = await rows<{ knows: boolean }>(
    db,
    `with removed as materialized (select mark from ${delta} where membership = 'removed'),
          known as materialized (
            select mark from ${membersTable(activation)} where listed and outcome = 'ok' and attribute_mark is not null
            limit (select count(*) + 1 from removed))
     select exists (select mark from known except select mark from removed) as knows`,
  );
  return found!.knows;
}

/**
 * The guard on the match rate. Without a configured limit, a list with at least one match is never held, because the
 * added members may be new to Actito, too.
 */
export async function matchTrip(
  db: Knex,
  run: Run,
  limit: MatchLimit,
  known: KnownMatches,
): Promise<GuardTrip | undefined> {
  const trip = matchGuard(limit, known);
  if (trip && limit.minMatchRatio === undefined && (await knowsListed(db, run))) return undefined;
  return trip;
}

/** Whether the guard on the match rate may hold a run after its import. */
export async function needsMatches(db: Knex, run: PlannedRun): Promise<boolean> {
  const { activation, destination } = run.definition;
  const limit = matchLimit(activation);
  if (!limit || run.task.undo !== null || destination.contract.rowResults === 'none') return false;
  if (run.plan.approved?.guards.includes('minMatchRatio')) return false;
  if (limit.minMatchRatio === undefined && (await knowsListed(db, run))) return false;
  const entering = await rows(
    db,
    `select from ${run.delta} where membership = 'added' and attributes is not null and attributes <> 'kept' limit ?`,
    [limit.leastJudged],
  );
  return entering.length >= limit.leastJudged;
}

/** Counts the answers about added members in this run's confirmed imports. Skipped if Actito matched everyone. */
export async function matchesOfRun(db: Knex, { run, delta }: Run): Promise<Matches> {
  if ((await rows(db, `select from ${resultTable(run)} limit 1`)).length === 0) return NONE;
  const [found] = await rows<Record<'judged' | 'missed', string>>(
    db,
    `with ${foldedSql(run, delta!)}
     select count(*) as judged, count(*) filter (where outcome in ('unmatched', 'refused')) as missed
     from folded where membership = 'added' and sent = 'confirmed'`,
  );
  return { judged: Number(found!.judged), missed: Number(found!.missed) };
}
