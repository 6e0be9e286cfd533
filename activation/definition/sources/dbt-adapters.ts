import type { Source } from '../source.ts';

/** The adapters of dbt, as manifests name them, whose tables and SQL a driver reads. */
const ADAPTERS: Record<Source['driver'], readonly string[]> = {
  postgres: ['postgres', 'alloydb', 'cockroachdb', 'greenplum', 'materialize', 'risingwave'],
  mysql: ['mysql', 'mysql5', 'mariadb'],
  duckdb: ['duckdb'],
  snowflake: ['snowflake'],
  databricks: ['databricks', 'spark'],
  bigquery: ['bigquery'],
  redshift: ['redshift'],
  sqlserver: ['sqlserver', 'fabric', 'synapse'],
  clickhouse: ['clickhouse'],
  trino: ['trino', 'starburst', 'athena', 'spark'], // of Athena and Spark, Trino can share the catalog
};

/** Whether a driver can read what an adapter of dbt builds. Unknown adapters may be compatible with any driver. */
export function readsAdapter(driver: Source['driver'], adapter: string): boolean {
  const isUnknown = !Object.values(ADAPTERS).flat().includes(adapter);
  return isUnknown || ADAPTERS[driver].includes(adapter);
}
