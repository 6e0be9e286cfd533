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
import { rows } from '../state.ts';

const NONE: Matches = { judged: 0, missed: 0 };

/** Members that Actito has answered for, and need not be asked again yet. */
const ANSWERED = `member.outcome in ('ok', 'unmatched', 'refused') and member.attribute_mark is not null
  and (retry_at is null or retry_at > now())`;

/** What Actito has said, in earlier imports, of those who would enter the list. Reads nobody else. */
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

/** What Actito has said, in earlier imports, of those who would enter the list, and of all who would be on it. */
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
 * Whether Actito knows someone who is on the list and stays: then it does not target nobody, whoever enters. One more than are
 * removed are looked at, so that among them is one who stays, if there is one at all.
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
 * The guard on the match rate. Without a limit of its own, a list on which Actito knows someone is never held: whoever
 * enters may be new to Actito, too.
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

/** Whether the guard on the match rate may hold a run by what Actito will say of its import. */
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

/** What Actito has said in this run's confirmed imports of members who enter the list; not counted when it missed nobody. */
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
