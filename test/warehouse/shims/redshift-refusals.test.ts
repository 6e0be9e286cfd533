import { expect, test } from 'vitest';
import { answer, connect, useRedshiftShim } from './redshift-fixture.ts';

/* What Redshift lacks: see redshift/README.md for the facts. */

useRedshiftShim();

test.each([
  ['copy (select 1) to stdout', '42601 syntax error at or near "to"'],
  ['copy people to stdout', '42601 syntax error at or near "to"'],
  ['select pg_is_in_recovery()', '42883 function pg_is_in_recovery() does not exist'],
  ['select clock_timestamp()', '42883 function clock_timestamp() does not exist'],
  ['select string_agg(name, $$,$$) from people', '42883 function string_agg() does not exist'],
  ['select row_security_active($$people$$)', '42883 function row_security_active() does not exist'],
  ['select * from pg_stat_activity', '42P01 relation "pg_stat_activity" does not exist'],
  ['select relrowsecurity from pg_class', '42703 column "relrowsecurity" does not exist'],
  ["select '1'::json", '42704 type "json" does not exist'],
  ["select cast('x' as bytea)", '42704 type "bytea" does not exist'],
  ['select array[1]', '42601 syntax error at or near "["'],
  ['select 1 is distinct from 2', '42601 syntax error at or near "distinct"'],
  ['select * from (values (1)) v', '42601 syntax error at or near "values"'],
  ['set row_security to off', '42704 unrecognized configuration parameter "row_security"'],
  ['set lock_timeout = 0', '42704 unrecognized configuration parameter "lock_timeout"'],
  ['show bytea_output', '42704 unrecognized configuration parameter "bytea_output"'],
  ["select current_setting('intervalstyle')", '42704 unrecognized configuration parameter "intervalstyle"'],
  ["set statement_timeout = '5s'", '22023 parameter "statement_timeout" requires an integer value'],
  [
    'set extra_float_digits to 3',
    '22023 3 is outside the valid range for parameter "extra_float_digits" (-15 .. 2)',
  ],
  ['begin deferrable', '42601 syntax error at or near "deferrable"'],
  ['set transaction read only', '42601 syntax error at or near "transaction"'],
  ['savepoint a', '42601 syntax error at or near "savepoint"'],
  [
    'select id from odd',
    '0A000 Specified types or functions (one per INFO message) not supported on Redshift tables.',
  ],
])('%s is refused', async (sql, expected) => {
  expect(await answer(await connect(), sql)).toBe(expected);
});

test.each([
  "select 1 as name, 'copy x to stdout, pg_sleep(1)' as values_",
  'select 1 as id /* pg_sleep(1) */ -- is distinct from',
  'select name from (select 2 as id, 1 as name) s',
  'select getdate() as now, pg_backend_pid() as pid',
  'select id from people order by id nulls first limit 1',
])('%s is not refused', async (sql) => {
  expect(await answer(await connect(), sql)).toHaveLength(1);
});
