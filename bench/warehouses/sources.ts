import type { Source } from '../../activation/definition/source.ts';
import type { Resources } from '../../dev/resources.ts';
import type { Reading } from './measure.ts';
import { startReplay } from './replay.ts';
import type { Place } from './replay/main.ts';
import { makeDuckdbPeople, startMariadbPeople, startPeople } from './servers.ts';

/** A way to read a source that is measured. */
export interface BenchSource extends Reading {
  name: string;
}

const statementTimeout = 3_600_000;
/** The variables of all sources. Services that are replayed take any secret. */
const [connection, secret] = [{ env: 'BENCH_URL' }, { env: 'BENCH_SECRET' }];
const variables = (url: string) => ({ [connection.env]: url, [secret.env]: 'bench' });

type Driver = Exclude<Source['driver'], 'postgres'>;

/** Drivers whose servers are real, and how to start them. They resolve to the ways to read them. */
const REAL: Partial<Record<Driver, (resources: Resources, rows: number) => Promise<BenchSource[]>>> = {
  async mysql(resources, rows) {
    const url = await startMariadbPeople(resources, rows);
    const source = { driver: 'mysql' as const, connection, statementTimeout };
    return [
      { name: 'MariaDB', source, env: variables(`${url}?sslmode=disable`) },
      { name: 'MariaDB, TLS', source, env: variables(`${url}?sslmode=require`) },
    ];
  },
  async duckdb(_, rows) {
    const folder = await makeDuckdbPeople(rows);
    const settings = { driver: 'duckdb' as const, statementTimeout, memoryLimit: '512MB', threads: 2 };
    const file = { ...settings, connection: { file: `${folder}/shop.duckdb` } };
    const parquet = { ...settings, connection: { folder: `${folder}/exports` } };
    return [
      { name: 'DuckDB, database file', source: file, env: {} },
      { name: 'DuckDB, Parquet', source: parquet, env: {} },
    ];
  },
};

/** Drivers whose services are replayed, and the ways to read them. */
const REPLAYED: Partial<Record<Driver, (place: Place) => BenchSource[]>> = {
  snowflake(place) {
    const target = { account: 'BENCH', token: secret, warehouse: 'BENCH' };
    const source = { driver: 'snowflake' as const, connection: target, statementTimeout };
    return [{ name: 'Snowflake', source, env: {}, place }];
  },
  databricks(place) {
    const target = { host: 'bench', warehouse: 'bench', token: secret };
    const source = { driver: 'databricks' as const, connection: target, statementTimeout };
    return [{ name: 'Databricks', source, env: {}, place }];
  },
  bigquery(place) {
    const source = { driver: 'bigquery' as const, connection: { project: 'shop' }, statementTimeout };
    return [
      { name: 'BigQuery, Storage Read API', source, env: {}, place: { ...place, rows: 'storage' } },
      { name: 'BigQuery, pages of results', source, env: {}, place: { ...place, rows: 'rest' } },
    ];
  },
  redshift({ url }) {
    const source = { driver: 'redshift' as const, connection, statementTimeout };
    return [{ name: 'Redshift', source, env: variables(url) }];
  },
  clickhouse({ url }) {
    const source = { driver: 'clickhouse' as const, connection, statementTimeout };
    return [{ name: 'ClickHouse', source, env: variables(url) }];
  },
  trino({ url }) {
    const source = { driver: 'trino' as const, connection, statementTimeout };
    return [{ name: 'Trino', source, env: variables(url.replace('//', '//bench@')) }];
  },
  sqlserver({ url }) {
    const { hostname: host, port } = new URL(url);
    const login = { database: 'shop', user: 'bench', password: secret, readOnlyIntent: false };
    const target = { host, port: Number(port), ...login, encrypt: false };
    const source = { driver: 'sqlserver' as const, connection: target, statementTimeout };
    return [{ name: 'SQL Server', source, env: variables(url) }];
  },
};

/** The drivers that can be measured. */
export const MEASURED = ['postgres', ...Object.keys(REAL), ...Object.keys(REPLAYED)];

/** Starts all servers of these drivers. The first source is PostgreSQL, read by COPY. */
export async function startSources(
  resources: Resources,
  rows: number,
  drivers: readonly string[],
): Promise<[BenchSource, ...BenchSource[]]> {
  const url = await startPeople(resources, rows);
  const source = { driver: 'postgres' as const, connection, statementTimeout };
  const sources: [BenchSource, ...BenchSource[]] = [
    { name: "PostgreSQL's COPY", source, env: variables(url) },
  ];
  for (const [driver, start] of Object.entries(REAL))
    if (drivers.includes(driver)) sources.push(...(await start(resources, rows)));
  const replayed = Object.entries(REPLAYED).filter(([driver]) => drivers.includes(driver));
  const names = replayed.map(([driver]) => driver);
  const places = await startReplay(resources, rows, url, names);
  return [...sources, ...replayed.flatMap(([driver, read]) => read(places[driver]!))];
}
