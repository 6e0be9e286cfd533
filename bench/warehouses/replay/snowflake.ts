import { gzipSync } from 'node:zlib';
import { customers } from '../rows.ts';
import { send, sendJson, serve } from './http.ts';
import { partsOf } from './parts.ts';

/** About 20 MB of JSON. */
const PARTITION = 200_000;

const ROW_TYPE = [
  { name: 'EMAIL', type: 'text' },
  { name: 'EXTERNAL_ID', type: 'text' },
  { name: 'ORDERS', type: 'fixed', precision: 38, scale: 0 },
  { name: 'SPENT', type: 'fixed', precision: 10, scale: 2 },
  { name: 'ACTIVE', type: 'boolean' },
  { name: 'LAST_ORDER_AT', type: 'timestamp_tz', precision: 0, scale: 9 },
];

/** Replays Snowflake's SQL API: partitions that gzip has compressed. */
export async function replaySnowflake(rows: number): Promise<{ url: string }> {
  const partitions = partsOf(rows, PARTITION, (count) => {
    const data = customers(count, ({ email, externalId, orders, spent, active, lastOrderAt }) =>
      JSON.stringify([email, externalId, `${orders}`, spent, `${active}`, `${lastOrderAt}.000000+00:00`]),
    ).join(',');
    return { data, document: gzipSync(`{"data":[${data}]}`) };
  });
  const result = (numRows: number, data: string) =>
    `{"resultSetMetaData":${JSON.stringify({
      numRows,
      format: 'jsonv2',
      partitionInfo:
        numRows === 0 ? [{ rowCount: 0 }] : partitions.map(({ rows: rowCount }) => ({ rowCount })),
      rowType: ROW_TYPE,
    })},"data":[${data}],"code":"090001","message":"Statement executed successfully."}`;
  const described = gzipSync(result(0, ''));
  const first = gzipSync(result(rows, partitions[0]!.content.data));

  const url = await serve(({ method, url: { pathname, searchParams }, body }, response) => {
    if (method === 'POST') {
      const { statement } = JSON.parse(body) as { statement: string };
      const statementHandle = statement.endsWith(' limit 0') ? 'described' : 'read';
      return sendJson(response, {
        code: '333334',
        message: 'Asynchronous execution in progress.',
        statementHandle,
      });
    }
    const partition = Number(searchParams.get('partition') ?? 0);
    if (partition > 0) return send(response, partitions[partition]!.content.document, 'gzip');
    send(response, pathname.endsWith('/described') ? described : first, 'gzip');
  });
  return { url };
}
