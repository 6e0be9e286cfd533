import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { bigquerySource } from './sources/bigquery.ts';
import { clickhouseSource } from './sources/clickhouse.ts';
import { driverInfo, type DriverInfo } from './sources/common.ts';
import { databricksSource } from './sources/databricks.ts';
import { duckdbSource } from './sources/duckdb.ts';
import { calledDriver, meantDriver } from './sources/meant.ts';
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

export type Driver = (typeof SOURCES)[number]['shape']['driver']['value'];
/** The names of all drivers. */
export const DRIVERS: readonly Driver[] = SOURCES.map(({ shape }) => shape.driver.value);

const NAMES = new Map(DRIVERS.map((driver) => [driver, infoOf(driver).otherNames ?? []]));

/** Returns the schema of a driver's source. */
export function schemaOf(driver: Driver): z.ZodObject {
  return SOURCES.find(({ shape }) => shape.driver.value === driver)!;
}

/** Returns what `init` and models of dbt need to know about a driver. */
export function infoOf(driver: Driver): DriverInfo {
  return driverInfo.get(schemaOf(driver))!;
}

/** Whether a driver can read what an adapter of dbt builds. Unknown adapters may be compatible with any driver. */
export function readsAdapter(driver: Driver, adapter: string): boolean {
  const reads = (one: Driver) => one === adapter || infoOf(one).dbtAdapters?.includes(adapter);
  return reads(driver) || !DRIVERS.some(reads);
}

/** A driver, by its name or what people call its database; parsed to its name. */
export const driverName = z.string().transform((written, context): Driver => {
  const driver = DRIVERS.find((name) => name === calledDriver(written, NAMES));
  if (driver) return driver;
  context.addIssue({ code: 'custom', message: expectedDriver(written) });
  return z.NEVER;
});

function expectedDriver(written: unknown): string {
  return expected('driver', { values: DRIVERS, meant: meantDriver(written, NAMES) });
}

/** `sources/<id>.yaml`: a warehouse to read segments from. */
export const sourceSchema = z.discriminatedUnion('driver', SOURCES, {
  error: ({ code, input }: { code?: string; input?: unknown }) =>
    code === 'invalid_union' ? expectedDriver((input as { driver?: unknown }).driver) : expected('group'),
});

export type Source = z.infer<typeof sourceSchema>;
