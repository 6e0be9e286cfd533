import { rows, type State } from '../state.ts';

/** Runs of an activation that failed one after the other, all with the same word. */
export interface FailureStreak {
  word: string;
  /** The run that was asked about is the last of them. */
  runs: number;
}

/**
 * How often in a row an activation has failed as this closed run did, counted from the last run that ended otherwise,
 * or whose failure paused the schedule: whoever resumes it gets as many tries again. Dry runs do not count.
 * @returns null when the run did not fail, or its word is not known
 */
export async function failureStreak(state: State, run: string): Promise<FailureStreak | null> {
  const [found] = await rows<{ word: string; runs: number }>(
    state,
    `with this as (select activation, failure_type as word from runs
                   where no = :run and outcome = 'failed' and failure_type is not null),
          counted as (select no, failure_type, paused_schedule, word
                      from runs join this using (activation)
                      where no <= :run and fence is not null and closed_at is not null)
     select word, count(*)::int as runs from counted
     where no > coalesce((select max(no) from counted
                          where failure_type is distinct from word or (paused_schedule and no < :run)), 0)
     group by word`,
    { run },
  );
  return found ?? null;
}

/** Lets counting begin anew after this run. */
export async function markPaused(state: State, run: string): Promise<void> {
  await state.raw('update runs set paused_schedule = true where no = ?', [run]);
}
