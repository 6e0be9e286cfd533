import type { Knex } from 'knex';
import type { KnownMatches, Matches } from '../../activation/match-rate.ts';
import { deltaTable, membersTable, resultTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';

/**
 * What Actito has said, in earlier imports, of the members of the staged segment: of those who are not on the list yet (and
 * were first sent by this very run, before it planned anew), and of all. An answer that is due to be asked for again does
 * not count.
 */
export async function knownMatches(db: Knex, { run, activation, stage }: Run): Promise<KnownMatches> {
  const missed = `outcome in ('unmatched', 'refused')`;
  const [found] = await rows<Record<string, string>>(
    db,
    `select count(*) as "all", count(*) filter (where ${missed}) as "allMissed",
            count(*) filter (where not listed) as entering,
            count(*) filter (where not listed and ${missed}) as "enteringMissed",
            count(*) filter (where not listed and since = :run) as "justSent",
            count(*) filter (where not listed and since = :run and ${missed}) as "justSentMissed"
     from ${stage} join ${membersTable(activation)} member using (key)
     where member.hashes is not null and outcome <> 'assumed' and (retry_at is null or retry_at > now())`,
    { run },
  );
  const matches = (name: string) => ({
    judged: Number(found![name]),
    missed: Number(found![`${name}Missed`]),
  });
  return { justSent: matches('justSent'), entering: matches('entering'), all: matches('all') };
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
