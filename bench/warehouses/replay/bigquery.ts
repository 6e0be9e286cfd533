import { gzipSync } from 'node:zlib';
import { Tokens } from '../../../test/warehouse/shims/bigquery/tokens.ts';
import { customers } from '../rows.ts';
import { replayStorage } from './bigquery-storage.ts';
import { send, sendJson, serve } from './http.ts';
import { partsOf } from './parts.ts';

/** About 10 MB of JSON. */
const PAGE = 60_000;

const FIELDS = [
  { name: 'email', type: 'STRING' },
  { name: 'external_id', type: 'STRING' },
  { name: 'orders', type: 'INTEGER' },
  { name: 'spent', type: 'NUMERIC', precision: '10', scale: '2' },
  { name: 'active', type: 'BOOLEAN' },
  { name: 'last_order_at', type: 'TIMESTAMP' },
];

/** The customers 1 to `count` as the driver asks for them: texts, in which a NUMERIC has no final zeros. */
export function textsOf(count: number): string[][] {
  return customers(count, ({ email, externalId, orders, spent, active, lastOrderAt }) => [
    email,
    externalId,
    `${orders}`,
    spent.replace(/\.?0+$/, ''),
    `${active}`,
    `${lastOrderAt}.000000+00`,
  ]);
}

/** Replays BigQuery: the jobs API with pages of results that gzip has compressed, and the Storage Read API. */
export async function replayBigquery(rows: number): Promise<{ url: string; port: number; key: string }> {
  const pages = partsOf(rows, PAGE, (count) =>
    gzipSync(
      `"rows":[${textsOf(count)
        .map((row) => JSON.stringify({ f: row.map((v) => ({ v })) }))
        .join(',')}]`,
    ),
  );
  const results = { kind: 'bigquery#getQueryResultsResponse', jobComplete: true, totalRows: String(rows) };
  const jobReference = { projectId: 'shop', jobId: 'bench', location: 'EU' };
  const destinationTable = { projectId: 'shop', datasetId: '_bench', tableId: 'anonymous' };

  const url = await serve(({ method, url: { pathname, searchParams }, body }, response) => {
    if (pathname === '/token') return sendJson(response, { access_token: 'bench', expires_in: 3599 });
    if (method === 'POST') {
      const query = { statementType: 'SELECT', schema: { fields: FIELDS } };
      const { configuration } = JSON.parse(body) as { configuration: { dryRun?: boolean } };
      return sendJson(
        response,
        configuration.dryRun
          ? { jobReference, configuration, statistics: { totalBytesProcessed: '1', query } }
          : { jobReference, configuration: { query: { destinationTable } }, statistics: {} },
      );
    }
    if (searchParams.get('maxResults') === '0') return sendJson(response, results);
    const index = Number(searchParams.get('pageToken') ?? 0);
    const next = index + 1 < pages.length ? { pageToken: String(index + 1) } : {};
    const head = JSON.stringify({ ...results, ...next }).slice(0, -1);
    // a gzip stream may have several members, so the rows need not be compressed again
    send(response, Buffer.concat([gzipSync(`${head},`), pages[index]!.content, gzipSync('}')]), 'gzip');
  });
  const { key } = new Tokens('shop', `${url}/token`);
  return { url, port: await replayStorage(rows), key: JSON.stringify(key) };
}
