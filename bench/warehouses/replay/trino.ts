import { COLUMNS, customers } from '../rows.ts';
import { send, sendJson, serve } from './http.ts';
import { partsOf } from './parts.ts';

/** About 1 MB of JSON, which is Trino's target. */
const PAGE = 10_000;

const TYPES = ['varchar', 'varchar', 'integer', 'decimal(10,2)', 'boolean', 'timestamp(6) with time zone'];
const DESCRIBED = COLUMNS.map((name, index) => ({ name, type: TYPES[index] }));
/** Of the texts that the driver asks for. */
const READ = COLUMNS.map((_, index) => ({ name: `_col${index}`, type: 'varchar' }));

/** Replays the client protocol of Trino, without compression, which the driver does not ask for. */
export async function replayTrino(rows: number): Promise<{ url: string }> {
  const pages = partsOf(rows, PAGE, (count) => {
    const data = customers(count, ({ email, externalId, orders, spent, active, lastOrderAt }) =>
      JSON.stringify([email, externalId, `${orders}`, spent, `${active}`, `${lastOrderAt}.000000 UTC`]),
    );
    return Buffer.from(`,"data":[${data.join(',')}]}`);
  });
  const finished = { stats: { state: 'FINISHED' } };
  const page = (index: number) => {
    const nextUri = `${url}/v1/statement/executing/read/${index + 1}`;
    const head = JSON.stringify({ id: 'read', nextUri, columns: READ, stats: { state: 'RUNNING' } });
    return Buffer.concat([Buffer.from(head.slice(0, -1)), pages[index]!.content]);
  };

  const url = await serve(({ method, url: { pathname }, body }, response) => {
    if (pathname.startsWith('/v1/query/'))
      return sendJson(response, {
        finalQueryInfo: true,
        queryStats: { outputPositions: rows, failedOutputPositions: 0 },
      });
    if (method === 'POST' && body.endsWith(' limit 0'))
      return sendJson(response, { id: 'described', columns: DESCRIBED, ...finished });
    const index = method === 'POST' ? 0 : Number(pathname.split('/').at(-1));
    if (index < pages.length) send(response, page(index));
    else sendJson(response, { id: 'read', columns: READ, ...finished });
  });
  return { url };
}
