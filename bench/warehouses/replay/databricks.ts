import { customers } from '../rows.ts';
import { send, sendJson, serve } from './http.ts';
import { partsOf } from './parts.ts';

/** About 20 MB of JSON. */
const CHUNK = 200_000;

const TYPES = ['STRING', 'STRING', 'INT', 'DECIMAL', 'BOOLEAN', 'TIMESTAMP'];
const SCHEMA = ['email', 'external_id', 'orders', 'spent', 'active', 'last_order_at'].map(
  (name, position) => ({
    name,
    type_name: TYPES[position],
    type_text: TYPES[position] === 'DECIMAL' ? 'DECIMAL(10,2)' : TYPES[position],
    position,
  }),
);

/** Replays the Statement Execution API of Databricks: chunks that are downloaded by links, without compression. */
export async function replayDatabricks(rows: number): Promise<{ url: string }> {
  const chunks = partsOf(rows, CHUNK, (count) => {
    const data = customers(count, ({ email, externalId, orders, spent, active, seconds }) =>
      JSON.stringify([email, externalId, `${orders}`, spent, `${active}`, `${seconds}000000`]),
    );
    return Buffer.from(`[${data.join(',')}]`);
  });
  const linked = (index: number) => ({
    external_links: [
      { chunk_index: index, row_count: chunks[index]!.rows, external_link: `${url}/storage/${index}` },
    ],
  });
  const succeeded = (id: string, own: typeof chunks) => ({
    statement_id: id,
    status: { state: 'SUCCEEDED' },
    manifest: {
      format: 'JSON_ARRAY',
      schema: { column_count: SCHEMA.length, columns: SCHEMA },
      total_chunk_count: own.length,
      total_row_count: own === chunks ? rows : 0,
      chunks: own.map(({ rows: row_count }, chunk_index) => ({ chunk_index, row_count })),
      truncated: false,
    },
    result: own.length > 0 ? linked(0) : {},
  });

  const url = await serve(({ method, url: { pathname }, body }, response) => {
    if (method === 'POST') {
      const { statement } = JSON.parse(body) as { statement: string };
      const id = statement.endsWith(' limit 0') ? 'described' : 'read';
      return sendJson(response, { statement_id: id, status: { state: 'PENDING' } });
    }
    const last = pathname.split('/').at(-1)!;
    if (pathname.startsWith('/storage/')) return send(response, chunks[Number(last)]!.content);
    if (pathname.includes('/result/chunks/')) return sendJson(response, linked(Number(last)));
    sendJson(response, succeeded(last, last === 'described' ? [] : chunks));
  });
  return { url };
}
