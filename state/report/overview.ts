import { interval, LINE_PERIOD, QUOTA_PERIOD } from '../../activation/periods.ts';
import type { Snapshot } from './snapshot.ts';

/** The state of an activation, as far as the state database knows it. */
export interface Standing {
  activation: string;
  /** Members of the last delivered list, and its time. */
  members: number;
  deliveredAt: Date | null;
  /** The validity of the list when it was delivered, in milliseconds. */
  validity: number | null;
  /** A delivery began and did not finish. */
  dirty: boolean;
  /** Members of that list who asked to be forgotten since. They stay on it until the next one is delivered. */
  forgotten: number;
  /** Members of that list that the segment lacks, as the last run that succeeded found them: they have a grace period. */
  leaving: number;
  /** Members of the segment without a profile in the profile directory, as the last run that succeeded found them. */
  waiting: number;
  /** Runs that were held or failed since the last success. */
  streak: number;
  /** The quota key of the profile table of its last import; null if it never imported. */
  quotaKey: string | null;
}

/** Imports of all activations into one profile table in the last 24 hours. */
export interface QuotaUse {
  quotaKey: string;
  used: number;
  /** When the oldest of them no longer counts. */
  nextFree: Date | null;
}

/** An activation whose attributes wait for an import. */
export interface Waiting {
  activation: string;
  quotaKey: string;
  since: Date;
}

/** The database's time, which all other times of the snapshot use. */
export async function readNow({ rows }: Snapshot): Promise<Date> {
  const [read] = await rows<{ now: Date }>('select now() as now');
  return read!.now;
}

/** Returns the state of all activations that ever ran. */
export async function readStandings({ rows }: Snapshot): Promise<Standing[]> {
  return rows(
    `select id as activation, cast(list_members as integer) as members, list_delivered_at as "deliveredAt",
            list_dirty as dirty,
            (select cast(coalesce(sum(listed), 0) as integer) from erasures
             where erasures.activation = activations.id and erased_at > list_delivered_at) as forgotten,
            cast(delivered.validity as float8) as validity,
            coalesce((select cast(counts->>'leaving' as integer) from runs
                      where activation = activations.id and fence is not null and outcome like 'succeeded%'
                      order by no desc limit 1), 0) as leaving,
            coalesce((select cast(counts->>'waiting' as integer) from runs
                      where activation = activations.id and fence is not null and outcome like 'succeeded%'
                        and task->>'undo' is null
                      order by no desc limit 1), 0) as waiting,
            cast(streak.runs as integer) as streak, used.quota_key as "quotaKey"
     from activations
     left join lateral (
       select definition->'activation'->'list'->>'validity' as validity
       from deliveries join runs on runs.no = deliveries.run
       where deliveries.activation = activations.id and delivered_at is not null
       order by deliveries.id desc limit 1) as delivered on true
     left join lateral (
       select count(*) as runs from runs
       where activation = activations.id and fence is not null and outcome in ('held', 'failed')
         and no > coalesce((select max(no) from runs good
                            where good.activation = activations.id and good.outcome like 'succeeded%'
                              and good.fence is not null), 0)) as streak on true
     left join lateral (
       select quota_key from runs join import_parts part on part.run = runs.no join imports on imports.id = part.import
       where runs.activation = activations.id and intended_at is not null
       order by imports.id desc limit 1) as used on true
     order by id`,
  );
}

/** Returns how much of the daily quotas is used. */
export async function readQuotaUse({ rows }: Snapshot): Promise<QuotaUse[]> {
  return rows(
    `select quota_key as "quotaKey", cast(count(*) as integer) as used,
            min(intended_at) + ${interval(QUOTA_PERIOD)} as "nextFree"
     from imports where status <> 'refused' and intended_at > now() - ${interval(QUOTA_PERIOD)}
     group by quota_key order by quota_key`,
  );
}

/** Returns the queue for imports of each profile table, in its order. */
export async function readLine({ rows }: Snapshot): Promise<Waiting[]> {
  return rows(
    `select activation, quota_key as "quotaKey", since from import_queue
     where asked_at > now() - ${interval(LINE_PERIOD)}
     order by quota_key, since, activation`,
  );
}
