import * as grpc from '@grpc/grpc-js';
import { openBigquery, type BigqueryOptions, type Places } from '../../warehouse/bigquery/open.ts';
import { TIMEOUTS, type Timeouts } from '../../warehouse/bigquery/waits.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { READER } from './reading.ts';
import type { BigqueryShim } from './shims/bigquery/shim.ts';

/** Opens the shim as the product opens BigQuery. */
export function openShim(
  shim: Pick<BigqueryShim, 'url' | 'storageAddress' | 'project' | 'key'>,
  rows: Places['rows'],
  options: Partial<BigqueryOptions> = {},
  timeouts: Partial<Timeouts> = {},
): Promise<Warehouse> {
  const [apiEndpoint, port] = shim.storageAddress.split(':') as [string, string];
  const credentials = { variable: 'BIGQUERY_CREDENTIALS', text: JSON.stringify(shim.key) };
  return openBigquery(
    {
      project: shim.project,
      dataset: 'contract',
      credentials,
      statementTimeout: 60_000,
      reader: READER,
      ...options,
    },
    {
      url: shim.url,
      rows,
      storage: { apiEndpoint, port: Number(port), sslCreds: grpc.credentials.createInsecure() },
    },
    { ...TIMEOUTS, pause: 5, ...timeouts },
  );
}
