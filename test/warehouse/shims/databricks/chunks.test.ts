import { describe, expect, test } from 'vitest';
import { until } from '../../../setup/until.ts';
import { LOGIN, shimOfTest, type Chunk } from './calls.ts';

const ROWS = (n: number) => `select id + 1 as id, repeat('x', 100) as padding from range(${n})`;
const EXTERNAL = { disposition: 'EXTERNAL_LINKS' };

const own = shimOfTest();
const { call, ended } = own;

// Source: docs.databricks.com/api/statement-execution/v1/execute-statement.md ("URLs"), and get-result-data.md beside it.
describe('chunks', () => {
  test('INLINE chunks follow each other', async () => {
    const first = await ended(ROWS(1_000));
    const id = first.statement_id;
    let { result } = first;
    const ids = result.data_array.map(([value]) => Number(value));
    while (result.next_chunk_index !== undefined) {
      result = (await (await call(`/${id}/result/chunks/${result.next_chunk_index}`)).json()) as Chunk;
      ids.push(...result.data_array.map(([value]) => Number(value)));
    }
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
  });

  test('a link is downloaded without Authorization, and refused with it', async () => {
    const { result, manifest } = await ended(ROWS(1_000), EXTERNAL);
    const [link] = result.external_links;
    const body = await (await fetch(link!.external_link)).text();
    expect(Buffer.byteLength(body)).toBe(link!.byte_count);
    expect((JSON.parse(body) as unknown[]).length).toBe(link!.row_count);
    expect(link!.next_chunk_index).toBe(1);
    expect(manifest.total_chunk_count).toBeGreaterThan(4);
    const headers = { authorization: 'Bearer dapi-1' };
    expect((await fetch(link!.external_link, { headers })).status).toBe(400);
    expect((await fetch(link!.external_link.replace('/0?', '/1?'))).status).toBe(403);
  });

  test('an expired link is refused with 403; the chunk has a new one', async () => {
    await own.restart({ login: LOGIN, linkLife: 400 });
    const { statement_id: id, result } = await ended(ROWS(10), EXTERNAL);
    const [link] = result.external_links;
    await until('it has expired', async () => Date.now() > Date.parse(link!.expiration));
    expect((await fetch(link!.external_link)).status).toBe(403);
    const renewed = (await (await call(`/${id}/result/chunks/0`)).json()) as Chunk;
    expect(Date.parse(renewed.external_links[0]!.expiration)).toBeGreaterThan(Date.parse(link!.expiration));
  });

  test('a result without rows has no chunk', async () => {
    expect(await ended('select 1 as id where 1 = 0', EXTERNAL)).toMatchObject({
      manifest: { total_chunk_count: 0, total_row_count: 0 },
      result: {},
    });
  });
});

describe('faults', () => {
  test('429, 503, a value error, a miscount and a broken body', async () => {
    own.shim.setFault({ rateLimit: { times: 1, retryAfter: 2 }, unavailable: 1, failAtRow: 10 });
    expect((await call('/none')).headers.get('retry-after')).toBe('2');
    expect((await call('/none')).status).toBe(503);
    expect((await ended(ROWS(10))).status.state).toBe('FAILED');
    own.shim.setFault({ miscount: -1 });
    const { manifest, result } = await ended(ROWS(10), EXTERNAL);
    expect([manifest.total_row_count, result.external_links[0]!.row_count]).toEqual([9, 10]);
    const url = result.external_links[0]!.external_link;
    own.shim.setFault({ breakOff: { afterBytes: 100 } });
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
    own.shim.setFault({ breakOff: { afterBytes: 100, cleanly: true } });
    expect(await (await fetch(url)).text()).toHaveLength(100);
  });
});
