import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Dialected } from './fixture.ts';
import { readAll } from '../reading.ts';

/** Many rows: batches, faults in the middle, slow consumers, the snapshot. */
export function describeLongReads(fixture: Dialected): void {
  test('200,000 rows arrive in batches of whole lines, of at least 64 kB each except the last', async () => {
    const read = await readAll(await fixture.open(), fixture.rows(200_000), ['id', 'padding']);
    expect(read.rows).toBe(200_000);
    expect(read.lines).toHaveLength(200_000);
    expect(
      read.lines.every(([id, padding], index) => id === String(index + 1) && padding!.length === 100),
    ).toBe(true);
    expect(read.batches.length).toBeGreaterThan(10);
    expect(Math.min(...read.batches.slice(0, -1))).toBeGreaterThanOrEqual(64 * 1024);
  });

  test('a text of a million characters arrives whole', async () => {
    const read = await readAll(await fixture.open(), `select ${fixture.sql.million} as value`, ['value']);
    expect(read.lines.map(([value]) => value!.length)).toEqual([1_000_000]);
  });

  test('two reads give the same bytes', async () => {
    const query = `select * from (${fixture.rows(5_000)}) numbered order by id`;
    const [one, other] = [await fixture.open(), await fixture.open()];
    const columns = ['id', 'padding'];
    const { lines, rows } = await readAll(one, query, columns);
    expect(await readAll(other, query, columns)).toMatchObject({ lines, rows });
  });

  test('a value that cannot be computed in the middle makes the read fail, and no count is told', async () => {
    const warehouse = await fixture.open();
    const { signal } = new AbortController();
    const request = { segment: { query: fixture.failsAt(500_000) }, columns: ['id', 'padding'], signal };
    const read = await warehouse.read(request);
    const consume = async () => {
      for await (const batch of read.batches) expect(batch.length).toBeGreaterThan(0);
    };
    await expect(consume()).rejects.toMatchObject({ type: 'SegmentQueryFailed' });
    expect(() => read.rows()).toThrow('before the last batch');
    await warehouse.close();
  });

  test(
    'a connection that is cut in the middle of a read makes it fail within seconds',
    { timeout: 30_000 },
    async () => {
      const warehouse = await fixture.open();
      const { signal } = new AbortController();
      const request = { segment: { query: fixture.rows(2_000_000) }, columns: ['id', 'padding'], signal };
      const read = await warehouse.read(request);
      const consume = async () => {
        let batches = 0;
        for await (const batch of read.batches) {
          expect(batch.length).toBeGreaterThan(0);
          if (++batches === 1) await fixture.cut();
        }
      };
      await expect(consume()).rejects.toMatchObject({ type: 'SourceUnavailable', retryable: true });
      await warehouse.close();
    },
  );

  test.runIf(fixture.impatient !== undefined)(
    'a consumer that pauses beyond the time-outs of the server gets all rows',
    async () => {
      const pause = await fixture.impatient!();
      const warehouse = await fixture.open();
      const { signal } = new AbortController();
      const request = { segment: { query: fixture.rows(400_000) }, columns: ['id', 'padding'], signal };
      const read = await warehouse.read(request);
      let lines = 0;
      let batches = 0;
      for await (const batch of read.batches) {
        for (const byte of batch) if (byte === 10) lines += 1;
        if (++batches === 3) await sleep(pause);
      }
      expect(lines).toBe(400_000);
      expect(read.rows()).toBe(400_000);
      await warehouse.close();
    },
  );

  test.runIf(fixture.miscount !== undefined)(
    'a count of the server that differs from the rows makes the read fail',
    async () => {
      fixture.miscount!();
      const warehouse = await fixture.open();
      const { signal } = new AbortController();
      const request = { segment: { query: fixture.rows(1_000) }, columns: ['id', 'padding'], signal };
      let lines = 0;
      const consume = async () => {
        const read = await warehouse.read(request);
        for await (const batch of read.batches) for (const byte of batch) if (byte === 10) lines += 1;
        return read.rows();
      };
      const counted = await consume().catch((error: Error & { type?: string }) => error.type);
      expect(counted).not.toBe(lines);
      await warehouse.close();
    },
  );

  test.skipIf(fixture.guarantees.snapshot === 'none')(
    'rows that are written during the read are not seen',
    async () => {
      await fixture.execute(fixture.sql.createMoving);
      await fixture.execute(`insert into contract_moving ${fixture.rows(20_000)}`);
      const warehouse = await fixture.open();
      const { signal } = new AbortController();
      const segment = { table: 'contract_moving' };
      const read = await warehouse.read({ segment, columns: ['id', 'padding'], signal });
      const batches = read.batches[Symbol.asyncIterator]();
      let bytes = '';
      const take = async () => {
        const { value, done } = await batches.next();
        if (!done) bytes += value.toString();
        return done === true;
      };
      // the state of a statement is the one when it begins, for the first batch
      let isDone = fixture.guarantees.snapshot === 'statement' && (await take());
      await fixture.execute('delete from contract_moving where id > 10');
      while (!isDone) isDone = await take();
      await warehouse.close();
      expect(bytes.match(/\n/g)).toHaveLength(20_000);
    },
  );
}
