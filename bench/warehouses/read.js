/*
 * Reads a segment by a driver of the build, and prints what that cost, as JSON. It is JavaScript, so that no compiler is
 * in the process that is measured. Its argument is a `Reading` of measure.ts, as JSON.
 */
import { readFileSync } from 'node:fs';
import { openBigquery } from '../../dist/warehouse/bigquery/open.js';
import { openDatabricks } from '../../dist/warehouse/databricks/open.js';
import { openWarehouse } from '../../dist/warehouse/open.js';
import { openSnowflake } from '../../dist/warehouse/snowflake/open.js';

const READER = { activation: 'bench', run: '1' };
const { source, env, place, query, columns } = JSON.parse(process.argv[2]);

/** Services whose address is fixed are opened at another one, as the tests of their drivers do. */
async function open() {
  const { connection, statementTimeout } = source;
  const settings = { ...connection, statementTimeout, reader: READER, login: { token: 'bench' } };
  switch (place && source.driver) {
    case 'snowflake':
      return openSnowflake(settings, { origin: place.url });
    case 'databricks':
      return openDatabricks(settings, { origin: place.url });
    case 'bigquery':
      return openBigquery(
        { ...settings, credentials: { variable: 'BENCH', text: place.key } },
        await google(),
      );
    default:
      return openWarehouse(source, env, READER);
  }
}

async function google() {
  const { url, rows, port } = place;
  // the driver loads it with the first read, and a worker only once
  if (rows === 'storage') await import('@google-cloud/bigquery-storage');
  const { credentials } = await import('@grpc/grpc-js');
  return { url, rows, storage: { apiEndpoint: '127.0.0.1', port, sslCreds: credentials.createInsecure() } };
}

const warehouse = await open();
const { signal } = new AbortController();
const [before, started] = [process.cpuUsage(), performance.now()];
const read = await warehouse.read({ segment: { query }, columns, signal });
let first;
for await (const lines of read.batches) first ??= lines.toString('utf8', 0, lines.indexOf(10));
const total = performance.now() - started;
const { user, system } = process.cpuUsage(before);
// not `resourceUsage().maxRSS`, which has the peak of the process that started this one
const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
console.log(
  JSON.stringify({ rows: read.rows(), first, total, cpu: (user + system) / 1000, peakRss: peak[1] * 1024 }),
);
await warehouse.close();
process.exit(); // connections that a library keeps must not delay it
