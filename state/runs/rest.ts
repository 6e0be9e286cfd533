import type { Knex } from 'knex';
import { keepAliveAge } from '../../activation/keep-alive.ts';
import { interval, TRY_EVERY } from '../../activation/periods.ts';
import { FAILURE_TYPES, type FailureType } from '../../contract/failure.ts';
import type { Snapshot } from '../report/snapshot.ts';
import { rows } from '../state.ts';

/** Failures that are not retried within a run but need no fix: the next run may succeed. */
const PASSING: FailureType[] = ['RunSuperseded', 'PlanStale', 'PlanUnknown', 'ActivationBusy'];

/** Failures that persist until someone fixes their cause. */
export const LASTING = (Object.keys(FAILURE_TYPES) as FailureType[]).filter(
  (type) => !FAILURE_TYPES[type].retryable && !PASSING.includes(type),
);

/** A pause of an activation's scheduled starts, because its runs keep failing for the same reason. */
export interface Rest {
  activation: string;
  /** The type of the failures, one of {@link LASTING}. */
  type: FailureType;
  /** The number of runs in a row that failed like this. */
  runs: number;
  /** When the first of them ended. */
  since: Date;
  /** When a scheduled start tries again. */
  next: Date;
}

/** SQL: the age at which the list is delivered again. */
const KEEP_ALIVE = `validity * ${keepAliveAge(1)} * ${interval(1)}`;

/**
 * Selects the activations whose schedules pause. One does if its runs have failed with the same lasting type for
 * `pauseAfter`, and the last of them ended less than {@link TRY_EVERY} ago, or less than a quarter of the list's
 * validity ago, because a failing run still keeps the list alive. Any other end of a run, also of a manual one, ends
 * the pause. Previews do not count.
 * @param lasting placeholder of the lasting types
 */
function restsSql(lasting: string): string {
  return `
    select last.activation, last.failure_type as type, failed.runs, failed.since, next, last.definition
    from activations,
    lateral (select * from runs
             where activation = activations.id and fence is not null and closed_at is not null
             order by no desc limit 1) last,
    lateral (select coalesce(max(no), 0) as no from
               (select no from runs
                where activation = activations.id and fence is not null and closed_at is not null
                  and failure_type is distinct from last.failure_type
                order by no desc limit 1) found) other,
    lateral (select cast(count(*) as integer) as runs, min(closed_at) as since from runs
             where activation = activations.id and fence is not null and closed_at is not null
               and runs.no > other.no) failed,
    lateral (select last.definition->'activation'->'schedule'->>'pauseAfter' as after,
                    cast(last.definition->'activation'->'list'->>'validity' as float8) as validity) setting,
    lateral (select last.closed_at + least(${interval(TRY_EVERY)}, validity / 4 * ${interval(1)}) as until) rest,
    -- A start that would keep the list alive is never left out.
    lateral (select least(until, list_delivered_at + ${KEEP_ALIVE}) as next) attempt
    where last.outcome = 'failed' and last.failure_type = any(cast(${lasting} as text[])) and now() < next
      and case when after ~ '^[0-9]+$' then last.closed_at - failed.since >= cast(after as float8) * ${interval(1)} end`;
}

/**
 * Returns whether the schedule of an activation pauses now. After a change of its definition, the next start tries
 * immediately.
 */
export async function restOf(db: Knex, activation: string, definition: object): Promise<Rest | undefined> {
  const [rest] = await rows<Rest>(
    db,
    `select activation, type, runs, since, next from (${restsSql(':lasting')}) rests
     where activation = :activation and definition = cast(:definition as jsonb)`,
    { activation, lasting: LASTING, definition: JSON.stringify(definition) },
  );
  return rest;
}

/** Returns the activations whose schedules pause, as long as their files do not change. */
export async function readRests({ rows: read }: Snapshot): Promise<Rest[]> {
  return read(
    `select activation, type, runs, since, next from (${restsSql('$1')}) rests order by activation`,
    [LASTING],
  );
}
