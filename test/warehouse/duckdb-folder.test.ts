import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWarehouse } from '../../warehouse/open.ts';
import { failureOf } from '../support/failure-of.ts';
import { READER, readAll } from './reading.ts';

/* A folder of files as a warehouse. */

let project: string;
const inExports = (...path: string[]) => join(project, "data [1] it's", ...path);

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'duckdb-folder-'));
  await mkdir(inExports('orders', 'day=2026-01-01'), { recursive: true });
  await mkdir(inExports('orders', '_temporary'));
  await mkdir(inExports('mixed'));
  await writeFile(
    inExports('people.csv'),
    'phone,points,name,spent\n0475123456,1,"Zoë\nTwo",1.50\n,007,,20\n',
  );
  await writeFile(
    inExports('events.jsonl'),
    '{"id": 9007199254740993, "day": "2026-01-31", "who": "0475"}\n',
  );
  await writeFile(inExports('broken.csv.gz'), 'not compressed');
  await writeFile(inExports('mixed', 'a.csv'), 'id\n1\n');
  await writeFile(inExports('mixed', 'b.json'), '{"id":1}');
  await writeFile(inExports('twice.csv'), 'id\n1\n');
  await writeFile(inExports('Twice.json'), '{"id":1}');
  await writeFile(inExports('orders', '_temporary', 'half.parquet'), 'half');
  await writeFile(inExports('orders', '.half.parquet'), 'half');
  await writeFile(inExports('lines.ndjson'), '{"id":1}\n{"id":2}\n');
  await writeFile(inExports('notes.txt'), 'no table');
  await mkdir(inExports('spark.csv'));
  await writeFile(inExports('spark.csv', 'part-0.csv'), 'id\n8\n');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const into = (...path: string[]) => `'${inExports(...path).replaceAll("'", "''")}'`;
  await connection.run(
    `copy (select 1 as id, 2.50::decimal(9,2) as total) to ${into('orders', 'a.parquet')}`,
  );
  const later = into('orders', 'day=2026-01-01', 'b.parquet');
  await connection.run(`copy (select 3.25::decimal(9,2) as total, 2 as id, true as late) to ${later}`);
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rm(project, { recursive: true, force: true }));

function open() {
  return openWarehouse(
    {
      driver: 'duckdb',
      connection: { folder: "data [1] it's" },
      statementTimeout: 60_000,
      memoryLimit: '256MB',
      threads: 1,
    },
    {},
    READER,
    project,
  );
}

async function read(segment: Parameters<typeof readAll>[1], columns: string[]) {
  return (await readAll(await open(), segment, columns)).lines;
}

const rejection = (segment: Parameters<typeof readAll>[1]) => failureOf(read(segment, ['id']));

test('a file is a table with its name; all values of a CSV file are texts, as they are in the file', async () => {
  expect(await read({ table: 'people' }, ['phone', 'points', 'name', 'spent'])).toEqual([
    ['0475123456', '1', 'Zoë\\nTwo', '1.50'],
    ['\\N', '007', '\\N', '20'],
  ]);
  expect(await read('select id, day, who from Events', ['id', 'day', 'who'])).toEqual([
    ['9007199254740993', '2026-01-31', '0475'],
  ]);
});

test('no row of a CSV file is taken for a comment, a title or a part of another row', async () => {
  const many = Array.from({ length: 50 }, (_, i) => `${i + 1},x\n`).join('');
  await writeFile(inExports('signs.csv'), `id,name\n${many}#51,y\n52,'s-Gravenhage\n53,Hans'\n`);
  const lines = await read({ table: 'signs' }, ['id', 'name']);
  expect(lines).toHaveLength(53);
  expect(lines.slice(-3)).toEqual([
    ['#51', 'y'],
    ['52', "'s-Gravenhage"],
    ['53', "Hans'"],
  ]);
  await writeFile(inExports('one-column.csv'), 'note\na;b\nc;d\n');
  expect(await read({ table: 'one-column' }, ['note'])).toEqual([['a;b'], ['c;d']]);
  await writeFile(inExports('tabs.tsv'), 'id\tname\r\n1\t"a\tb"\r\n');
  expect(await read({ table: 'tabs' }, ['id', 'name'])).toEqual([['1', String.raw`a\tb`]]);
});

test('the first line of a CSV file has the names, also if they are numbers', async () => {
  await writeFile(inExports('years.csv'), '2025,2026\n3,4\n');
  expect(await read({ table: 'years' }, ['2025', '2026'])).toEqual([['3', '4']]);
});

test('a backslash before a quote is a backslash', async () => {
  await writeFile(inExports('paths.csv'), String.raw`id,path${'\n'}1,"C:\"${'\n'}2,"D:\"${'\n'}`);
  expect(await read({ table: 'paths' }, ['path'])).toEqual([[String.raw`C:\\`], [String.raw`D:\\`]]);
});

test('the name of a file may have signs of patterns', async () => {
  await writeFile(inExports('list [2]*.csv'), 'id\n2\n');
  await writeFile(inExports('list 2x.csv'), 'id\n3\n'); // another file, which matches the pattern
  expect(await read({ table: 'list [2]*' }, ['id'])).toEqual([['2']]);
});

test('a guard and the segment may read the same file', async () => {
  const warehouse = await open();
  const { signal } = new AbortController();
  const guard = { query: 'select points from people', setting: 'guards.freshness', signal };
  expect(await warehouse.look(guard)).toMatchObject({ value: '1' });
  expect((await readAll(warehouse, { table: 'people' }, ['points'])).lines).toEqual([['1'], ['007']]);
});

test('a quote that is first used after thousands of rows is a quote', async () => {
  const many = Array.from({ length: 30_000 }, (_, i) => `${i},x\n`).join('');
  await writeFile(inExports('late.csv'), `id,name\n${many}30000,"two\nlines, ""quoted"""\n`);
  const query = "select name from late where id = '30000'";
  expect(await read(query, ['name'])).toEqual([[String.raw`two\nlines, "quoted"`]]);
});

test('a file whose name is only a part of a word in the query is not opened', async () => {
  await writeFile(inExports('i.csv.gz'), 'not compressed');
  await writeFile(inExports('e.csv'), 'id\n1\n');
  await writeFile(inExports('e.json'), '{"id":1}');
  expect(await read('select points as id from people where points = $$007$$', ['id'])).toEqual([['007']]);
  for (const name of ["'people'", "E'people'", '$x$people$x$', 'PEOPLE', '"people"', 'main.people'])
    expect(await read(`select points from ${name}`, ['points']), name).toEqual([['1'], ['007']]);
  const nested = "select points from query('select points from people')";
  expect(await read(nested, ['points'])).toEqual([['1'], ['007']]);
});

test('a folder of files is one table: columns belong together by name, and files of other programs are left out', async () => {
  expect(await read('select * from orders order by id', ['id', 'total', 'late'])).toEqual([
    ['1', '2.50', '\\N'],
    ['2', '3.25', 't'],
  ]);
  expect(await read({ table: 'spark' }, ['id'])).toEqual([['8']]);
  expect(await read({ table: 'lines' }, ['id'])).toEqual([['1'], ['2']]);
});

test('tables can be joined, and a file can be named with options', async () => {
  const query = `
    select o.id, p.phone from orders o join people p on p.points::int = o.id
    union all select points as id, name as phone from read_csv('people.csv', types = { points: 'INTEGER' }) where points = 7`;
  expect(await read(query, ['id', 'phone'])).toEqual([
    ['1', '0475123456'],
    ['7', '\\N'],
  ]);
});

test('files outside of the folder cannot be read, and nothing can be written into it', async () => {
  await writeFile(join(project, 'secret.csv'), 'id\nhunter2\n');
  for (const query of [
    "select * from read_csv('../secret.csv')",
    `select * from read_csv('${join(project, 'secret.csv')}')`,
    "select * from '../secret.csv'",
    "copy (select 1 as id) to 'written.csv'",
    'create table written as select 1 as id',
    'create view people as select 1 as id',
  ])
    expect(await rejection(query), query).toMatchObject({ type: 'SegmentQueryFailed' });
});

test('a file that cannot be read fails the queries that name it, and no others', async () => {
  const error = await rejection({ table: 'broken' });
  expect(error).toMatchObject({ type: 'SegmentQueryFailed' });
  expect(error.message).toContain('broken.csv.gz failed');
  expect(await read('select 1 as id', ['id'])).toEqual([['1']]);
});

test.each([
  ['mixed', 'mixed/'],
  ['twice', 'Twice.json, twice.csv'],
])('the table %j is rejected, because its files have several formats', async (table, files) => {
  const error = await rejection({ table });
  expect(error).toMatchObject({ type: 'SegmentQueryFailed' });
  expect(error.message).toContain(`the files of the table ${table}`.replace('twice', 'Twice'));
  expect(error.message).toContain(files);
});

test('a table that does not exist is reported, and files of other kinds are none', async () => {
  for (const table of ['nowhere', 'notes'])
    expect((await rejection({ table })).message).toContain(`table ${table} does not exist`);
  expect((await rejection({ table: 'poeple' })).message).toContain('did you mean people?');
});

test('it says that nothing keeps the files as they are, and that only the form of statements prevents writes', async () => {
  const warehouse = await open();
  expect(warehouse.guarantees).toEqual({
    snapshot: 'none',
    readOnly: 'wrapped',
    errorPosition: 'all',
    tried: true,
  });
  expect(Math.abs((await warehouse.clock(new AbortController().signal)) - Date.now())).toBeLessThan(60_000);
  await warehouse.close();
});
