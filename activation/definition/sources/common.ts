import { z } from 'zod';
import { durationWithin, envReference } from '../common.ts';

/** How long a query may take. The longest is PostgreSQL's maximum, and more than that of any other database. */
const statementTimeout = durationWithin('1s', '24d')
  .prefault('15m')
  .describe("How long the segment's query may take. The warehouse cancels a longer query.")
  .meta({ examples: ['1h'] });

/** An environment variable with a connection URL. */
export function urlReference(example: string) {
  return envReference
    .describe(`Environment variable with the connection URL, such as ${example}.`)
    .meta({ examples: [{ env: 'SHOP_DATABASE_URL' }] });
}

/** What `init` and models of dbt need to know about a driver; the rest is in the descriptions and examples of its settings. */
export interface DriverInfo {
  /** The anchor of the driver's section in docs/warehouses.md. */
  section: string;
  /** What people also call the database: lower-case letters and digits. */
  otherNames?: readonly string[];
  /** The packages to install where the worker is installed. */
  packages?: readonly string[];
  /** The optional settings of `connection` that a new source has, such as those of the usual login. */
  connection?: readonly string[];
  /** The condition of the example query in SQL without booleans. Default: `vip`. */
  condition?: string;
  /** The adapters of dbt, besides the one of the driver's name, whose tables and SQL the driver reads. */
  dbtAdapters?: readonly string[];
  /** `dev` creates an empty database if the variable of the connection is not set. */
  createdByDev?: true;
}

/** The information about each driver, by its schema. */
export const driverInfo = z.registry<DriverInfo>();

/** The schema of a driver's source: its own settings, and those that all drivers have. */
export function driverSource<const Name extends string, Shape extends z.ZodRawShape>(
  name: Name,
  info: DriverInfo,
  shape: Shape,
) {
  const driver = z.literal(name).describe('Kind of database.');
  return z.strictObject({ driver, ...shape, statementTimeout }).register(driverInfo, info);
}
