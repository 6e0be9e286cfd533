import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { NOT_TEXT } from '../../activation/values/text.ts';
import { runSql } from '../../dev/databases.ts';
import { openPostgres } from '../../warehouse/postgres/open.ts';
import { withMarkedFaults } from '../../warehouse/copy/utf8.ts';
import { databaseIn } from '../setup/servers.ts';
import { READER, readAll } from './reading.ts';

const open = (url: string) =>
  openPostgres({ url, variable: 'SHOP_URL', statementTimeout: 60_000, reader: READER });

test('a field that is not UTF-8 is marked, and all other fields are unchanged', () => {
  const field = fc
    .uint8Array({ maxLength: 8 })
    .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 9 && byte !== 10)));
  const separator = fc.constantFrom('\t', '\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(field, separator), { maxLength: 6 }), (fields) => {
      const lines = Buffer.concat(fields.flatMap(([bytes, end]) => [bytes, Buffer.from(end)]));
      const expected = fields.map(([bytes, end]) => {
        const text = bytes.toString();
        return (Buffer.from(text).equals(bytes) ? text : text + NOT_TEXT) + end;
      });
      expect(withMarkedFaults(lines).toString()).toBe(expected.join(''));
    }),
  );
});

test('a database in SQL_ASCII is read to its end, whatever bytes it contains', async () => {
  const database = await databaseIn('SQL_ASCII');
  onTestFinished(() => database.dispose());
  const query = String.raw`select * from (values (1, E'Zo\xc3\xab'), (2, E'Jos\xe9'), (3, 'Anna')) as p (id, name)`;
  const { lines, rows } = await readAll(await open(database.url), query, ['id', 'name']);
  expect(lines).toEqual([
    ['1', 'Zoë'],
    ['2', `Jos\ufffd${NOT_TEXT}`],
    ['3', 'Anna'],
  ]);
  expect(rows).toBe(3);
});

test('a column whose values the server cannot convert is named, with the encoding', async () => {
  const database = await databaseIn('WIN1252');
  onTestFinished(() => database.dispose());
  await runSql(
    database.url,
    `create table people (id int, first_name text, last_name text);
     insert into people values (1, chr(233), 'Maes'), (2, 'Anna', 'secret' || chr(129))`,
  );
  const read = async (columns: string[]) => readAll(await open(database.url), { table: 'people' }, columns);
  expect((await read(['id', 'first_name'])).lines).toEqual([
    ['1', 'é'],
    ['2', 'Anna'],
  ]);
  await expect(read(['id', 'first_name', 'last_name'])).rejects.toMatchObject({
    type: 'SegmentQueryFailed',
    message: expect.stringMatching(
      /^Column "last_name" has values .* from WIN1252 to UTF-8 \(SQLSTATE 22P05\)\./,
    ) as string,
  });
});
