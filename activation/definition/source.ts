import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { bigquerySource } from './sources/bigquery.ts';
import { clickhouseSource } from './sources/clickhouse.ts';
import { databricksSource } from './sources/databricks.ts';
import { duckdbSource } from './sources/duckdb.ts';
import { meantDriver } from './sources/meant.ts';
import { mysqlSource } from './sources/mysql.ts';
import { postgresSource } from './sources/postgres.ts';
import { redshiftSource } from './sources/redshift.ts';
import { snowflakeSource } from './sources/snowflake.ts';
import { sqlserverSource } from './sources/sqlserver.ts';
import { trinoSource } from './sources/trino.ts';

/** One per driver; `warehouse/open.ts` opens them. */
const SOURCES = [
  postgresSource,
  mysqlSource,
  duckdbSource,
  snowflakeSource,
  databricksSource,
  bigquerySource,
  redshiftSource,
  sqlserverSource,
  clickhouseSource,
  trinoSource,
] as const;

/** The names of all drivers. */
export const DRIVERS = SOURCES.map(({ shape }) => shape.driver.value);

/** `sources/<id>.yaml`: a warehouse to read segments from. */
export const sourceSchema = z.discriminatedUnion('driver', SOURCES, {
  error: ({ code, input }: { code?: string; input?: unknown }) => {
    if (code !== 'invalid_union') return expected('group');
    const { driver } = input as { driver?: unknown };
    return expected('driver', { values: DRIVERS, meant: meantDriver(driver, DRIVERS) });
  },
});

export type Source = z.infer<typeof sourceSchema>;
