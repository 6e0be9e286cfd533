import type pg from 'pg';

/*
 * A session of PostgreSQL reports what it wrote at most once a second, and the rest after it has been idle for 10
 * seconds. What it has not reported about a table that it drops is lost. So a table that exists for less than a second,
 * with the whole segment in it, would be missed.
 */

const INSTALL = `
  create schema bench;
  create function bench.report() returns trigger language plpgsql as $$
  begin
    perform pg_stat_force_next_flush();
    return null;
  end $$;
  create function bench.watch(watched regclass) returns void language plpgsql as $$
  begin
    execute format('create or replace trigger bench_report after insert or update or delete on %s
                    for each statement execute function bench.report()', watched);
  end $$;
  create function bench.watch_created() returns event_trigger language plpgsql as $$
  begin
    perform bench.watch(objid) from pg_event_trigger_ddl_commands() where object_type = 'table';
  end $$;
  select bench.watch(relid) from pg_stat_user_tables;
  create event trigger bench_watch on ddl_command_end
    when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') execute function bench.watch_created()`;

/**
 * Makes every session report at the end of each transaction that wrote to a table, with a trigger on each current and
 * future table, once per statement. What a transaction wrote to a table that it drops itself stays unknown.
 */
export async function reportPromptly(state: pg.Client): Promise<void> {
  await state.query(INSTALL);
}
