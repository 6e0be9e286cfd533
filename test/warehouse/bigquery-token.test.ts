import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openShim } from './bigquery-place.ts';
import { startBigqueryShim, type BigqueryShim } from './shims/bigquery/shim.ts';

describe('the access token of BigQuery, in a read of many pages,', () => {
  let shim: BigqueryShim;
  beforeEach(async () => {
    shim = await startBigqueryShim();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await shim.close();
  });
  const tokens = () => shim.requests.filter(({ path }) => path === '/token').length;
  const pages = () => shim.requests.filter(({ query }) => query.pageToken !== undefined).length;
  /** Reads 35,000 rows, and does something after the first batch. */
  const readMany = async (then: () => void) => {
    const warehouse = await openShim(shim, 'rest');
    const query = `select id, repeat('x', 100) as padding from unnest(generate_array(1, 35000)) as id`;
    const { signal } = new AbortController();
    const { batches } = await warehouse.read({ segment: { query }, columns: ['id', 'padding'], signal });
    let text = '';
    for await (const batch of batches) {
      if (text === '') then();
      text += batch.toString();
    }
    await warehouse.close();
    const ids = text
      .split('\n')
      .slice(0, -1)
      .map((line) => Number(line.split('\t')[0]));
    expect(ids).toEqual(Array.from({ length: 35_000 }, (_, i) => i + 1));
  };

  test('is replaced when it is refused, once', async () => {
    await readMany(() => shim.setFault({ expiredAccessToken: true }));
    expect(tokens()).toBe(2);
  });

  test('is replaced before it expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await readMany(() => vi.setSystemTime(Date.now() + 3_590_000));
    expect([tokens(), pages()]).toEqual([2, 3]); // so no page was refused and asked for again
  });

  test('is used as long as it is valid', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await readMany(() => vi.setSystemTime(Date.now() + 3_400_000));
    expect(tokens()).toBe(1);
  });
});
