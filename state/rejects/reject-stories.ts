import type { Knex } from 'knex';

/**
 * Adds what a run rejected to the stories of its activation: the same key, stage, reason, attribute and reference are one story,
 * with when it was first and last seen and by how many runs. Once for each run, when it closes: until then a new
 * attempt takes the rejects of the one before back. A dry run tries nothing, and tells no story.
 */
export async function tellStories(trx: Knex, run: string): Promise<void> {
  await trx.raw(
    `insert into reject_stories as story
       (activation, key, stage, reason, attribute, reference, first_run, last_run, first_seen, last_seen, times, said)
     select activation, key, rejects.stage, reason, attribute, reference, run, run, at, at, 1, said
     from rejects join runs on runs.no = rejects.run
     where run = ? and fence is not null
     on conflict (activation, key, stage, reason, attribute, reference) do update
       set last_run = excluded.last_run, last_seen = excluded.last_seen, times = story.times + 1, said = excluded.said
       where story.last_run < excluded.last_run`,
    [run],
  );
}
