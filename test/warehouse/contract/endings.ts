import { expect, test } from 'vitest';
import type { Dialected } from './fixture.ts';
import { readAll } from '../reading.ts';
import { until } from '../../setup/until.ts';

/** How a read ends before its last row: canceled, closed, or too slow. */
export function describeEndings(fixture: Dialected): void {
  test('a read of many rows that is canceled in the middle ends with the reason, and on the server', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const warehouse = await fixture.open();
    const request = { segment: { query: fixture.rows(2_000_000) }, columns: ['id', 'padding'], signal };
    const read = await warehouse.read(request);
    const consume = async () => {
      for await (const batch of read.batches) {
        expect(batch.length).toBeGreaterThan(0);
        controller.abort(new Error('enough of it'));
      }
    };
    await expect(consume()).rejects.toThrow('enough of it');
    await until('the query has ended', async () => (await fixture.running()) === 0);
    await warehouse.close();
  });

  test('a canceled assertion query ends with the reason, and no longer runs on the server', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const warehouse = await fixture.open();
    const answer = warehouse.look({ query: fixture.slow, setting: 'guards.freshness', signal });
    const outcome = expect(answer).rejects.toThrow('enough of it');
    await until('the query runs', async () => (await fixture.running()) === 1);
    controller.abort(new Error('enough of it'));
    await outcome;
    await until('the query has ended', async () => (await fixture.running()) === 0);
  });

  test('a canceled read ends with the reason of its signal, and no longer runs on the server', async () => {
    const controller = new AbortController();
    const result = readAll(await fixture.open(), fixture.slow, ['id'], controller.signal);
    const outcome = expect(result).rejects.toThrow('enough of it');
    await until('the query runs', async () => (await fixture.running()) === 1);
    controller.abort(new Error('enough of it'));
    await outcome;
    await until('the query has ended', async () => (await fixture.running()) === 0);
  });

  test('a read that is canceled before it starts sends nothing to the warehouse', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(readAll(await fixture.open(), fixture.slow, ['id'], signal)).rejects.toThrow('too late');
    expect(await fixture.running()).toBe(0);
  });

  test('a read that is canceled before its first batch ends with the reason', async () => {
    const controller = new AbortController();
    const warehouse = await fixture.open();
    const { signal } = controller;
    const read = await warehouse.read({ segment: { query: fixture.rows(10) }, columns: ['id'], signal });
    controller.abort(new Error('enough of it'));
    await expect(read.batches[Symbol.asyncIterator]().next()).rejects.toThrow('enough of it');
    await warehouse.close();
  });

  test('a consumer that stops early leaves no query behind', async () => {
    const warehouse = await fixture.open();
    const read = await warehouse.read({
      segment: { query: fixture.rows(2_000_000) },
      columns: ['id', 'padding'],
      signal: new AbortController().signal,
    });
    for await (const batch of read.batches) {
      expect(batch.length).toBeGreaterThan(0);
      expect(await fixture.running()).toBe(fixture.endsBeforeRows ? 0 : 1);
      break;
    }
    await until('the query has ended', async () => (await fixture.running()) === 0);
    await warehouse.close();
  });

  test('closing in the middle of a read leaves no query behind', async () => {
    const warehouse = await fixture.open();
    const { signal } = new AbortController();
    const read = await warehouse.read({ segment: { query: fixture.slow }, columns: ['id'], signal });
    const outcome = expect(read.batches[Symbol.asyncIterator]().next()).rejects.toThrow();
    await until('the query runs', async () => (await fixture.running()) === 1);
    await warehouse.close();
    await outcome;
    await until('the query has ended', async () => (await fixture.running()) === 0);
  });

  test('the longest statement timeout does not end a read', async () => {
    const statementTimeout = 24 * 86_400_000; // the limit of the configuration
    const warehouse = await fixture.open({ statementTimeout });
    expect((await readAll(warehouse, fixture.rows(10), ['id'])).rows).toBe(10);
  });

  test('a query beyond the statement timeout fails and names the setting', async () => {
    await expect(
      readAll(await fixture.open({ statementTimeout: 200 }), fixture.slow, ['id']),
    ).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringMatching(/200ms.*statementTimeout/) as string,
    });
  });
}
