import { Sealed } from '../../../contract/foreign.ts';
import { expect, test, vi } from 'vitest';
import type { Dialected } from './fixture.ts';
import { readAll } from '../reading.ts';

/** What is read: columns, texts of values, queries of all forms, and what is refused. */
export function describeStatements(fixture: Dialected): void {
  test('it says what it guarantees', async () => {
    const warehouse = await fixture.open();
    expect(warehouse.guarantees).toEqual(fixture.guarantees);
    await warehouse.close();
  });

  test('its clock shows the current time, whatever the time zone of the worker is', async () => {
    vi.stubEnv('TZ', 'America/New_York');
    const warehouse = await fixture.open();
    try {
      const difference = (await warehouse.clock(new AbortController().signal)) - Date.now();
      expect(Math.abs(difference)).toBeLessThan(1_800_000); // time zones differ by at least half an hour
    } finally {
      await warehouse.close();
      vi.unstubAllEnvs();
    }
  });

  test('columns arrive in the requested order, one of them twice, and other columns never', async () => {
    const read = await readAll(await fixture.open(), "select 1 as a, 'two' as b, 3 as c", ['c', 'b', 'c']);
    expect(read.lines).toEqual([['3', 'two', '3']]);
    expect(read.columns.map((column) => column.name)).toEqual(['c', 'b', 'c']);
    expect(read.rows).toBe(1);
  });

  test('a table is read like a query', async () => {
    await fixture.execute(fixture.sql.createPeople);
    await fixture.execute("insert into contract_people values (7, 'Anna')");
    const read = await readAll(await fixture.open(), { table: 'contract_people' }, ['first_name', 'id']);
    expect(read.lines).toEqual([['Anna', '7']]);
  });

  test('an empty segment has columns and no batch', async () => {
    const read = await readAll(await fixture.open(), fixture.sql.empty, ['id']);
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

  test.each(Object.entries(fixture.sql.comments))('a query with %s works', async (_, query) => {
    expect((await readAll(await fixture.open(), query, ['id'])).lines).toEqual([['1']]);
  });

  test('a second statement is rejected', async () => {
    await fixture.execute(fixture.sql.createKept);
    for (const query of [
      'select 1 as id; drop table contract_kept',
      'select 1 as id) segment; drop table contract_kept; select * from (select 1 as id',
      'select 1 as id) segment) to stdout; drop table contract_kept; --',
    ]) {
      const column = query.indexOf(';') + 1;
      await expect(readAll(await fixture.open(), query, ['id'])).rejects.toMatchObject({
        type: 'SegmentQueryFailed',
        message: `The segment's query failed: it has more than one statement, at line 1, column ${column} of the query.`,
      });
    }
    const warehouse = await fixture.open();
    const { signal } = new AbortController();
    const asked = { query: 'select 1;\nselect 2', setting: 'guards.freshness', signal };
    await expect(warehouse.look(asked)).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message:
        'The query in guards.freshness failed: it has more than one statement, at line 1, column 9 of the query.',
    });
    await warehouse.close();
    expect((await readAll(await fixture.open(), { table: 'contract_kept' }, ['id'])).lines).toEqual([]);
  });

  test('a query error says what it means, and where it is if the warehouse says so; the text of the database is kept apart', async () => {
    const { guarantees, sql } = fixture;
    expect(sql.nowhereSays.source.includes(' at line ')).toBe(guarantees.errorPosition === 'all');
    await expect(readAll(await fixture.open(), sql.nowhere, ['id'])).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringMatching(sql.nowhereSays) as string,
      words: expect.any(Sealed) as unknown,
    });
  });

  test('a syntax error says where it is, in a segment and in a guard', async () => {
    const { broken, brokenSays } = fixture.sql;
    const message = expect.stringMatching(brokenSays) as string;
    const failure = { type: 'SegmentQueryFailed', message, words: expect.any(Sealed) as unknown };
    const warehouse = await fixture.open();
    const { signal } = new AbortController();
    const asked = warehouse.look({ query: broken, setting: 'guards.freshness', signal });
    await expect(asked).rejects.toMatchObject(failure);
    await warehouse.close();
    await expect(readAll(await fixture.open(), broken, ['id'])).rejects.toMatchObject(failure);
  });

  test('a missing column is reported with the nearest name', async () => {
    await expect(
      readAll(await fixture.open(), fixture.sql.emailAndId, ['id', 'emial']),
    ).rejects.toMatchObject({
      type: 'MappingInvalid',
      message: 'The segment has no column "emial"; did you mean "email"? Its columns are: email, id.',
    });
  });

  test('an assertion is answered by the first row, in the snapshot that is then read if there is one', async () => {
    await fixture.execute(fixture.sql.createAsked);
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
    await fixture.execute('delete from contract_asked where id = 7');
    const read = await readAll(warehouse, { table: 'contract_asked' }, ['id']);
    expect(read.lines).toEqual(fixture.guarantees.snapshot === 'transaction' ? [['7']] : []);
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

  test.each(Object.entries(fixture.writes))('the warehouse rejects every write: %s', async (_, query) => {
    await expect(readAll(await fixture.open(), query, ['id'])).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
    });
    expect(await fixture.written()).toBe(0);
  });
}
