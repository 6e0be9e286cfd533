import type { Source } from '../../activation/definition/source.ts';
import type { Resources } from '../../dev/resources.ts';
import type { Reading } from './measure.ts';
import { makeDuckdbPeople, startMariadbPeople, startPeople } from './servers.ts';

/** A way to read a source that is measured. */
export interface BenchSource extends Reading {
  name: string;
}

const statementTimeout = 3_600_000;
const connection = { env: 'BENCH_URL' };

/** Starts the servers of a driver, with that many rows; resolves to the ways to read them. */
type Start = (resources: Resources, rows: number, postgres: string) => Promise<BenchSource[]>;

/** By driver. PostgreSQL, which every other one is compared with, is `postgresSource`. */
const STARTS: Partial<Record<Source['driver'], Start>> = {
  async mysql(resources, rows) {
    const url = await startMariadbPeople(resources, rows);
    const source = { driver: 'mysql' as const, connection, statementTimeout };
    return [
      { name: 'MariaDB', source, env: { BENCH_URL: `${url}?sslmode=disable` } },
      { name: 'MariaDB, TLS', source, env: { BENCH_URL: `${url}?sslmode=require` } },
    ];
  },
  async duckdb(resources, rows) {
    const folder = await makeDuckdbPeople(resources, rows);
    const settings = { driver: 'duckdb' as const, statementTimeout, memoryLimit: '512MB', threads: 2 };
    return [
      {
        name: 'DuckDB, database file',
        source: { ...settings, connection: { file: `${folder}/shop.duckdb` } },
        env: {},
      },
      {
        name: 'DuckDB, Parquet',
        source: { ...settings, connection: { folder: `${folder}/exports` } },
        env: {},
      },
    ];
  },
};

/** The drivers that can be measured. */
export const MEASURED = Object.keys(STARTS) as Source['driver'][];

/** Starts all servers of these drivers. The first source is PostgreSQL, read by COPY. */
export async function startSources(
  resources: Resources,
  rows: number,
  drivers: readonly string[],
): Promise<[BenchSource, ...BenchSource[]]> {
  const url = await startPeople(resources, rows);
  const source = { driver: 'postgres' as const, connection, statementTimeout };
  const sources: [BenchSource, ...BenchSource[]] = [
    { name: "PostgreSQL's COPY", source, env: { BENCH_URL: url } },
  ];
  for (const [driver, start] of Object.entries(STARTS))
    if (drivers.includes(driver)) sources.push(...(await start(resources, rows, url)));
  return sources;
}
