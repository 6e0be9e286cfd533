import type { Knex } from 'knex';
import type { Matches } from '../activation/match-rate.ts';
import { deltaTable, membersTable, resultTable } from './names.ts';
import type { Run } from './runs.ts';
import { rows } from './state.ts';

/**
 * What Actito has said, in earlier imports, of the members of the staged segment: of those who are not on the list yet,
 * and of all. An answer that is due to be asked for again does not count.
 */
export async function knownMatches(
  db: Knex,
  { activation, stage }: Run,
): Promise<{ entering: Matches; all: Matches }> {
  const [found] = await rows<Record<'judged' | 'missed' | 'entering' | 'enteringMissed', string>>(
    db,
    `select count(*) as judged, count(*) filter (where outcome in ('unmatched', 'refused')) as missed,
            count(*) filter (where not listed) as entering,
            count(*) filter (where not listed and outcome in ('unmatched', 'refused')) as "enteringMissed"
     from ${stage} join ${membersTable(activation)} member using (key)
     where member.hashes is not null and outcome <> 'assumed' and (retry_at is null or retry_at > now())`,
  );
  const { judged, missed, entering, enteringMissed } = found!;
  return {
    all: { judged: Number(judged), missed: Number(missed) },
    entering: { judged: Number(entering), missed: Number(enteringMissed) },
  };
}

/** What Actito has said in this run's confirmed imports of members who enter the list. */
export async function matchesOfRun(db: Knex, run: string): Promise<Matches> {
  const [found] = await rows<Record<'judged' | 'missed', string>>(
    db,
    `select count(*) as judged, count(result.key) as missed
     from ${deltaTable(run)} delta
     join chunks on chunks.run = :run and chunks.pattern = delta.pattern
                and delta.key between first_key and last_key
     left join ${resultTable(run)} result on result.key = delta.key
     where membership = 'added' and chunks.pattern like '%0%'
       and exists (select from imports where imports.run = :run and imports.chunk = chunks.no and status = 'confirmed')`,
    { run },
  );
  return { judged: Number(found!.judged), missed: Number(found!.missed) };
}
