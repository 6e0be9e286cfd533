import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { escapeExpression, textExpression } from '../../warehouse/duckdb/texts.ts';
import { createRowPipe } from '../../warehouse/duckdb/pipe.ts';
import { LineWriter } from '../../warehouse/copy/lines.ts';
import { valueText } from '../../warehouse/copy/values.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  await connection.run("set timezone = 'UTC'");
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** Evaluates expressions of `c`, a value of this type, for each text. */
async function evaluated(texts: string[], type: string, expressions: string[]): Promise<string[][]> {
  const list = texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
  const sql = `select ${expressions.join(', ')} from (select unnest([${list}])::${type} as c, generate_subscripts([${list}], 1) as n) order by n`;
  return (await connection.runAndReadAll(sql)).getRowsJson() as string[][];
}

describe("DuckDB's texts of values are those of copy/values.ts", () => {
  test.each(['double', 'real'])('floating-point numbers: %s', async (type) => {
    const samples = fc.sample(type === 'double' ? fc.double() : fc.float(), 2_000);
    const odd = [
      '0',
      '-0',
      '1e15',
      '-1e15',
      '1.5e15',
      '1234567890123456',
      '9999999999999998',
      '1e16',
      '1e17',
    ];
    const small = [
      '0.0001',
      '0.00001',
      '-0.000123',
      '1e-7',
      '123456',
      '1234567.5',
      '999999999999999.9',
      'nan',
      'inf',
      '-inf',
    ];
    const texts = [...samples.map(String), ...odd, ...small];
    const rows = await evaluated(texts, type, [textExpression('c', 'float'), 'c::varchar']);
    expect(rows.map(([text]) => text)).toEqual(rows.map(([, own]) => valueText(own!, 'float')));
  });

  test('moments and booleans', async () => {
    const moments = fc
      .sample(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), 500)
      .map((date, n) => date.toISOString().replace('Z', `${String(n % 1000).padStart(3, '0')}`));
    for (const kind of ['timestamp', 'timestamptz'] as const) {
      const rows = await evaluated(moments, kind, [textExpression('c', kind), 'c::varchar']);
      expect(rows.map(([text]) => text)).toEqual(rows.map(([, own]) => valueText(own!, kind)));
    }
    const rows = await evaluated(['true', 'false'], 'boolean', [textExpression('c', 'boolean')]);
    expect(rows).toEqual([['t'], ['f']]);
  });

  test('escapes are those of copy/lines.ts, for any text', async () => {
    const texts = fc.sample(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({
          unit: fc.constantFrom('\0', '\t', '\n', '\r', '\\', 'N', 'é', '🎈', '\b', '\v', '\f', "'", '"'),
        }),
      ),
      1_000,
    );
    const readable = texts.map((text) => Buffer.from(text).toString());
    // texts by their codes, because a statement cannot contain NUL
    const codes = readable.map((text) => [...text].map((character) => `chr(${character.codePointAt(0)})`));
    const values = codes.map((list) =>
      list.length > 0 ? `array_to_string([${list.join(', ')}], '')` : "''",
    );
    const sql = `select ${escapeExpression('c')} from (values ${values.map((value, n) => `(${value}, ${n})`).join(', ')}) t (c, n) order by n`;
    const rows = (await connection.runAndReadAll(sql)).getRowsJson() as string[][];
    const expected = readable.map((text) => {
      const writer = new LineWriter();
      writer.field(text);
      writer.endLine();
      return writer.take().toString().slice(0, -1);
    });
    expect(rows.map(([text]) => text)).toEqual(expected);
  });
});

describe('the way of the rows', () => {
  test.each([
    ['a named pipe', 'mkfifo', true],
    ['a file where no pipe can be made', 'no-such-program', false],
  ])('%s', async (_, program, isPipe) => {
    const folder = await mkdtemp(join(tmpdir(), 'duckdb-pipe-'));
    const pipe = await createRowPipe(folder, program);
    const copy = (sql: string) =>
      connection.run(`copy (${sql}) to '${pipe.path}' (format csv, header false)`);
    const copied = copy('select i from range(100000) t (i)');
    let text = '';
    for await (const chunk of pipe.chunks(copied)) text += chunk.toString();
    expect(text.split('\n')).toHaveLength(100_001);
    expect((await copied).rowsChanged).toBe(100_000);
    expect((await stat(pipe.path)).isFIFO()).toBe(isPipe);
    for (const sql of [
      'select nothing',
      "select case when i = 90000 then 'x' else '1' end::int from range(100000) t (i)",
    ]) {
      const failing = async () => {
        for await (const chunk of pipe.chunks(copy(sql))) expect(chunk.length).toBeGreaterThan(0);
      };
      await expect(failing(), sql).rejects.toThrow(/nothing|convert/);
    }
    await rm(folder, { recursive: true });
  });
});
