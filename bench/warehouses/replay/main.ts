import { startRedshiftShim } from '../../../test/warehouse/shims/redshift/shim.ts';
import { replayBigquery } from './bigquery.ts';
import { replayClickhouse } from './clickhouse.ts';
import { replayDatabricks } from './databricks.ts';
import { replaySnowflake } from './snowflake.ts';
import { replaySqlServer } from './sqlserver.ts';
import { replayTrino } from './trino.ts';

/** Where a server of the replay is. */
export interface Place {
  url: string;
  /** Of BigQuery: the key of the service account, as JSON. */
  key?: string;
  /** Of BigQuery: the port of the Storage Read API. */
  port?: number;
}

/** By driver. `postgres` is the URL of a database with the same rows. */
const REPLAYS: Record<string, (rows: number, postgres: string) => Promise<Place>> = {
  snowflake: replaySnowflake,
  databricks: replayDatabricks,
  bigquery: replayBigquery,
  async redshift(_, postgres) {
    const url = new URL(postgres);
    url.port = String((await startRedshiftShim({ url: postgres })).port);
    return { url: url.href };
  },
  clickhouse: replayClickhouse,
  trino: replayTrino,
  sqlserver: replaySqlServer,
};

/*
 * The servers that stand in for services, in a process of their own: main.ts <rows> <URL of PostgreSQL> <driver…>. Rows
 * are made once, in the form of the service, and sent as fast as the driver reads them. Prints where they are, as JSON.
 */
const [rows, postgres, ...drivers] = process.argv.slice(2);
const places: Record<string, Place> = {};
for (const driver of drivers) places[driver] = await REPLAYS[driver]!(Number(rows), postgres!);
console.log(JSON.stringify(places));
