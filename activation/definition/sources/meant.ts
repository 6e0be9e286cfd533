import { nearest } from '../../suggestion.ts';

/** Other names of databases, as people write them, without what is no letter or digit. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  azuresql: 'sqlserver',
  bq: 'bigquery',
  mariadb: 'mysql',
  motherduck: 'duckdb',
  mssql: 'sqlserver',
  pg: 'postgres',
  starburst: 'trino',
  tsql: 'sqlserver',
};

/** Returns the driver that reads a database: `mysql` for `mariadb`, `redshift` for `amazon-redshift`. */
export function meantDriver(written: unknown, drivers: readonly string[]): string | undefined {
  if (typeof written !== 'string') return undefined;
  const word = written.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (Object.hasOwn(OTHER_NAMES, word)) return OTHER_NAMES[word];
  return drivers.find((driver) => word.includes(driver)) ?? nearest(word, drivers);
}
