import type { Knex } from 'knex';
import type { KnownMatches, Matches } from '../../activation/match-rate.ts';
import { membersTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import { foldedSql } from '../settle/folded.ts';
import { rows } from '../state.ts';

/**
 * What Actito has said, in earlier imports, of those who would enter the list, and of all who would be on it. An answer
 * that is due to be asked for again does not count.
 */
export async function knownMatches(db: Knex, { activation, delta }: Run): Promise<KnownMatches> {
  const missed = `outcome in ('unmatched', 'refused')`;
  const [found] = await rows<Record<string, string>>(
    db,
    `select count(*) as "all", count(*) filter (where ${missed}) as "allMissed",
            count(*) filter (where not listed) as entering,
            count(*) filter (where not listed and ${missed}) as "enteringMissed"
     from ${membersTable(activation)} member left join ${delta} d using (mark)
     where outcome in ('ok', 'unmatched', 'refused') and member.attribute_mark is not null
       and (retry_at is null or retry_at > now())
       and case when listed then membership is distinct from 'removed' else membership = 'added' end`,
  );
  const matches = (name: string) => ({
    judged: Number(found![name]),
    missed: Number(found![`${name}Missed`]),
  });
  return { justSent: { judged: 0, missed: 0 }, entering: matches('entering'), all: matches('all') };
}

/** What Actito has said in this run's confirmed imports of members who enter the list. */
export async function matchesOfRun(db: Knex, { run, delta }: Run): Promise<Matches> {
  const [found] = await rows<Record<'judged' | 'missed', string>>(
    db,
    `with ${foldedSql(run, delta!)}
     select count(*) as judged, count(*) filter (where outcome in ('unmatched', 'refused')) as missed
     from folded where membership = 'added' and sent = 'confirmed'`,
  );
  return { judged: Number(found!.judged), missed: Number(found!.missed) };
}
