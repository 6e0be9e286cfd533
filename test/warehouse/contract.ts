import { Sealed } from '../../contract/foreign.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ColumnKind } from '../../activation/values/kinds.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { readAll } from './reading.ts';
import { until } from '../setup/until.ts';

/** What the test of a driver needs: a real warehouse, and the few pieces of SQL that differ between dialects. */
export interface WarehouseFixture {
  start(): Promise<void>;
  stop(): Promise<void>;
  open(options?: { statementTimeout?: number }): Promise<Warehouse>;
  /** Runs a statement beside the driver, with the right to write. */
  execute(sql: string): Promise<void>;
  /** How many statements of the driver are running on the server. */
  running(): Promise<number>;
  /** A query of n rows with the columns `id` (an integer from 1) and `padding` (a text of 100 characters). */
  rows(n: number): string;
  /** A query with the column `id` that takes many minutes before its first row. */
  slow: string;
  /** Queries with the column `id` that write into the warehouse, if it allows that. */
  writes: Record<string, string>;
  /** How many of their writes succeeded. */
  written(): Promise<number>;
  /** SQL expressions with the expected text. */
  values: { expression: string; kind: ColumnKind; text: string }[];
}

/** The contract of warehouse/source.ts: every driver runs it. */
export function describeWarehouse(name: string, fixture: WarehouseFixture): void {
  describe(`${name} as a warehouse`, () => {
    beforeAll(() => fixture.start());
    afterAll(() => fixture.stop());

    test('columns arrive in the requested order, one of them twice, and other columns never', async () => {
      const read = await readAll(await fixture.open(), "select 1 as a, 'two' as b, 3 as c", ['c', 'b', 'c']);
      expect(read.lines).toEqual([['3', 'two', '3']]);
      expect(read.columns.map((column) => column.name)).toEqual(['c', 'b', 'c']);
      expect(read.rows).toBe(1);
    });

    test('a table is read like a query', async () => {
      await fixture.execute('create table contract_people (id int, first_name varchar(50))');
      await fixture.execute("insert into contract_people values (7, 'Anna')");
      const read = await readAll(await fixture.open(), { table: 'contract_people' }, ['first_name', 'id']);
      expect(read.lines).toEqual([['Anna', '7']]);
    });

    test('an empty segment has columns and no batch', async () => {
      const read = await readAll(await fixture.open(), 'select 1 as id where 1 = 0', ['id']);
      expect(read).toMatchObject({
        lines: [],
        batches: [],
        rows: 0,
        columns: [{ name: 'id', kind: 'integer' }],
      });
    });

    test.each(fixture.values)('$expression arrives as $kind: $text', async ({ expression, kind, text }) => {
      const read = await readAll(await fixture.open(), `select ${expression} as value`, ['value']);
      expect(read.columns[0]!.kind).toBe(kind);
      expect(read.lines).toEqual([[text]]);
    });

    test.each([
      ['a trailing semicolon', 'select 1 as id;'],
      ['a semicolon, blanks and a comment', 'select 1 as id ; \n\n -- the end; really\n'],
      ['a comment as its last line, with no line break', 'select 1 as id -- all of them'],
      ['comments and semicolons in texts', "select /* ; */ 1 as id where ';--' <> '/*;' ;"],
    ])('a query with %s works', async (_, query) => {
      expect((await readAll(await fixture.open(), query, ['id'])).lines).toEqual([['1']]);
    });

    test('a second statement is rejected', async () => {
      await fixture.execute('create table contract_kept (id int)');
      for (const query of [
        'select 1 as id; drop table contract_kept',
        'select 1 as id) segment; drop table contract_kept; select * from (select 1 as id',
        'select 1 as id) segment) to stdout; drop table contract_kept; --',
      ]) {
        await expect(readAll(await fixture.open(), query, ['id'])).rejects.toMatchObject({
          type: 'SegmentQueryFailed',
        });
      }
      expect((await readAll(await fixture.open(), { table: 'contract_kept' }, ['id'])).lines).toEqual([]);
    });

    test('a query error says what it means and where it is in the query; the text of the database is kept apart', async () => {
      await expect(
        readAll(await fixture.open(), 'select 1 as id\nfrom nowhere', ['id']),
      ).rejects.toMatchObject({
        type: 'SegmentQueryFailed',
        message: expect.stringMatching(/a table does not exist, at line 2, column 6/) as string,
        words: expect.any(Sealed) as unknown,
      });
    });

    test('a missing column is reported with the nearest name', async () => {
      await expect(
        readAll(await fixture.open(), "select 'x' as email, 1 as id", ['id', 'emial']),
      ).rejects.toMatchObject({
        type: 'MappingInvalid',
        message: 'The segment has no column "emial"; did you mean "email"? Its columns are: email, id.',
      });
    });

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

    test('rows that are written during the read are not seen', async () => {
      await fixture.execute('create table contract_moving (id int, padding varchar(100))');
      await fixture.execute(`insert into contract_moving ${fixture.rows(20_000)}`);
      const warehouse = await fixture.open();
      const { signal } = new AbortController();
      const read = await warehouse.read({ segment: { table: 'contract_moving' }, columns: ['id'], signal });
      await fixture.execute('delete from contract_moving where id > 10');
      let bytes = '';
      for await (const batch of read.batches) bytes += batch.toString();
      await warehouse.close();
      expect(bytes.match(/\n/g)).toHaveLength(20_000);
    });

    test('an assertion is answered by the first row, in the snapshot that is then read', async () => {
      await fixture.execute('create table contract_asked (id int)');
      await fixture.execute('insert into contract_asked values (7)');
      const warehouse = await fixture.open();
      const { signal } = new AbortController();
      const ask = (query: string) => warehouse.look({ query, setting: 'guards.freshness', signal });
      expect(await ask('select id from contract_asked;')).toEqual({
        found: true,
        kind: 'integer',
        value: '7',
      });
      expect(await ask('select id from contract_asked where id = 8')).toMatchObject({
        found: false,
        value: null,
      });
      expect(await ask('select max(id) from contract_asked where id = 8')).toMatchObject({
        found: true,
        value: null,
      });
      await fixture.execute('delete from contract_asked');
      const read = await readAll(warehouse, { table: 'contract_asked' }, ['id']);
      expect(read.lines).toEqual([['7']]);
    });

    test('a failed assertion query is reported with its setting, and writes nothing', async () => {
      const { signal } = new AbortController();
      for (const query of ['select 1 from nowhere', ...Object.values(fixture.writes)]) {
        const warehouse = await fixture.open();
        await expect(warehouse.look({ query, setting: 'guards.freshness', signal })).rejects.toMatchObject({
          type: 'SegmentQueryFailed',
          message: expect.stringMatching(/^The query in guards\.freshness failed: /) as string,
        });
        await warehouse.close();
      }
      expect(await fixture.written()).toBe(0);
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
        expect(await fixture.running()).toBe(1);
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

    test('a query beyond the statement timeout fails and names the setting', async () => {
      await expect(
        readAll(await fixture.open({ statementTimeout: 200 }), fixture.slow, ['id']),
      ).rejects.toMatchObject({
        type: 'SegmentQueryFailed',
        message: expect.stringMatching(/200ms.*statementTimeout/) as string,
      });
    });

    test.each(Object.entries(fixture.writes))('the warehouse rejects every write: %s', async (_, query) => {
      await expect(readAll(await fixture.open(), query, ['id'])).rejects.toMatchObject({
        type: 'SegmentQueryFailed',
      });
      expect(await fixture.written()).toBe(0);
    });
  });
}
