import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readExport } from '../../../actito/exports/read-export.ts';
import { chunks, COLUMNS, read } from './reading.ts';

describe('an export is read', () => {
  it.each<[what: string, content: string | Uint8Array, lines: string]>([
    ['with other columns, in another order', 'x;email;id\n1;a@b.c;7\n', '7\ta@b.c\n'],
    ['without rows', 'id;email\n', ''],
    ['with a header that begins like a ZIP', 'PK;id;email\n1;7;a\n', '7\ta\n'],
    ['with empty fields', 'id;email\n7;\n8;""\n', '7\t\\N\n8\t\\N\n'],
    [
      'with quotes, separators and line ends in a field',
      'id;email\n"7";"a;""b""\nc"\n8;d\n',
      '7\ta;"b"\\nc\n8\td\n',
    ],
    ['with what COPY escapes', 'id;email\n7;a\\b\tc\n8;\\N\n', '7\ta\\\\b\\tc\n8\t\\\\N\n'],
    ['with a carriage return in quotes', 'id;email\n7;"a\r\nb"\n', '7\ta\\r\\nb\n'],
    ['with quoted headers', '"id";"email"\n7;a\n', '7\ta\n'],
    ['with letters of any length in UTF-8', 'id;email\n7;é€😀\n', '7\té€😀\n'],
    ['as GZIP', gzipSync('id;email\n7;a\n'), '7\ta\n'],
    ['as ZIP', zipSync({ 'x.csv': Buffer.from('id;email\n7;a\n') }), '7\ta\n'],
    [
      'as ZIP in a folder, with what macOS adds',
      zipSync({
        'd/': new Uint8Array(),
        'd/x.csv': Buffer.from('id;email\n7;a\n'),
        '__MACOSX/x': Buffer.from('no'),
      }),
      '7\ta\n',
    ],
    ['as uncompressed ZIP', zipSync({ 'x.csv': Buffer.from('id;email\n7;a\n') }, { level: 0 }), '7\ta\n'],
  ])('%s', async (_, content, lines) => {
    expect(await read(content)).toBe(lines);
    expect(await read(content, { sizes: [1] })).toBe(lines);
  });
});

const LONG = 'x'.repeat(70_000);
const ZIP = zipSync({ 'x.csv': Buffer.from('id;email\n7;a\n') });
const GZIP = gzipSync('id;email\n' + '7;a\n'.repeat(50_000));

describe('a broken export is refused', () => {
  it.each<[what: string, content: string | Uint8Array, reason: string, facts?: object]>([
    ['a BOM', '\uFEFFid;email\n7;a\n', 'exportBom'],
    ['UTF-16', Buffer.from('id;email\n', 'utf16le'), 'exportNul', { line: 1 }],
    ['UTF-16 with a BOM', Buffer.from('\uFEFFid;email\n', 'utf16le'), 'exportNul', { line: 1 }],
    ['Latin-1', Buffer.from('id;email\n7;a\n8;\xe9\n', 'latin1'), 'exportNotUtf8', { line: 3 }],
    ['a Latin-1 header', Buffer.from('id;email;\xe9\n', 'latin1'), 'exportNotUtf8', { line: 1 }],
    [
      'half a character',
      Buffer.concat([Buffer.from('id;email\n7;'), Buffer.from([0xc3]), Buffer.from('\n')]),
      'exportNotUtf8',
      { line: 2 },
    ],
    ['NUL', 'id;email\n7;a\n8;a\0\n', 'exportNul', { line: 3 }],
    ['NUL in quotes', 'id;email\n7;"a\0"\n', 'exportNul', { line: 2 }],
    ['CRLF', 'id;email\r\n7;a\r\n', 'exportLineEnds', { line: 1 }],
    ['CRLF in one line only', 'id;email\n7;a\n8;a\r\n', 'exportLineEnds', { line: 3 }],
    ['CRLF after quotes', 'id;email\n7;"a"\r\n', 'exportLineEnds', { line: 2 }],
    ['CR alone', 'id;email\r7;a\r', 'exportLineEnds', { line: 1 }],
    ['commas', 'id,email\n7,a\n', 'exportSeparator', { found: 'comma' }],
    ['tabs', 'id\temail\n7\ta\n', 'exportSeparator', { found: 'tab' }],
    ['a page of HTML', '<html>\n', 'exportColumnMissing', { column: 'id' }],
    ['a missing column', 'id;mail\n7;a\n', 'exportColumnMissing', { column: 'email' }],
    ['a column in another case', 'id;Email\n7;a\n', 'exportColumnMissing', { column: 'email' }],
    ['no header', '7;a\n', 'exportColumnMissing', { column: 'id' }],
    ['an empty header', '\n7;a\n', 'exportColumnMissing', { column: 'id' }],
    ['a header twice', 'id;email;email\n7;a;b\n', 'exportColumnTwice', { column: 'email' }],
    ['a line with a field less', 'id;email\n7;a\n8\n', 'exportFields', { line: 3, fields: 1, header: 2 }],
    ['a line with a field more', 'id;email\n7;a;b\n', 'exportFields', { line: 2, fields: 3, header: 2 }],
    [
      'a quoted line with a field more',
      'id;email\n7;"a";b\n',
      'exportFields',
      { line: 2, fields: 3, header: 2 },
    ],
    ['an empty line', 'id;email\n7;a\n\n8;a\n', 'exportFields', { line: 3, fields: 1, header: 2 }],
    ['a quote within a field', 'id;email\n7;a"b\n', 'exportQuote', { line: 2 }],
    ['text after quotes', 'id;email\n7;"a"b\n', 'exportQuote', { line: 2 }],
    ['a quote escaped by a backslash', 'id;email\n7;"a\\"b"\n', 'exportQuote', { line: 2 }],
    ['a fault after a line end in quotes', 'id;email\n7;"a\n\nb"\n8;c"\n', 'exportQuote', { line: 5 }],
    ['a field that is too long', `id;email\n7;${LONG}\n`, 'exportTooLong', { line: 2, what: 'field' }],
    ['a field that never ends', `id;email\n7;${LONG.repeat(3)}`, 'exportTooLong', { line: 2, what: 'field' }],
    [
      'a quoted field that is too long',
      `id;email\n7;"${LONG}"\n`,
      'exportTooLong',
      { line: 2, what: 'field' },
    ],
    [
      'quotes that never end',
      `id;email\n7;"${'8;a\n'.repeat(50_000)}`,
      'exportTooLong',
      { line: 2, what: 'field' },
    ],
    ['a header that never ends', LONG, 'exportTooLong', { line: 1, what: 'field' }],
    ['no id', 'id;email\n7;a\n;b\n', 'exportEmptyId', { line: 3 }],
    ['a quoted empty id', 'id;email\n"";b\n', 'exportEmptyId', { line: 2 }],
    ['nothing', '', 'exportIncomplete', { why: 'empty' }],
    ['half a header', 'id;em', 'exportIncomplete', { why: 'line' }],
    ['no line end at the end', 'id;email\n7;a', 'exportIncomplete', { why: 'line' }],
    ['open quotes at the end', 'id;email\n7;"a\n', 'exportIncomplete', { why: 'line' }],
    ['closed quotes at the end', 'id;email\n7;"a"', 'exportIncomplete', { why: 'line' }],
    ['half a GZIP', GZIP.subarray(0, GZIP.length / 2), 'exportIncomplete', { why: 'packed' }],
    ['a GZIP without its last byte', GZIP.subarray(0, -1), 'exportIncomplete', { why: 'packed' }],
    ['a damaged GZIP', Buffer.concat([GZIP.subarray(0, 20), Buffer.alloc(200, 0xff)]), 'exportPacking'],
    ['a GZIP of nothing', gzipSync(''), 'exportIncomplete', { why: 'line' }],
    ['half a ZIP', ZIP.subarray(0, ZIP.length / 2), 'exportIncomplete', { why: 'packed' }],
    ['a ZIP without its last byte', ZIP.subarray(0, -1), 'exportIncomplete', { why: 'packed' }],
    ['a ZIP without its directory', ZIP.subarray(0, -30), 'exportIncomplete', { why: 'packed' }],
    [
      'a ZIP of two files',
      zipSync({ 'x.csv': Buffer.from('id;email\n'), 'y.csv': Buffer.from('id;email\n') }),
      'exportZipEntries',
    ],
    ['an empty ZIP', zipSync({}), 'exportIncomplete', { why: 'packed' }],
    ['a GZIP bomb of one character', gzipSync(Buffer.alloc(200_000_000, 'x')), 'exportTooLong', { line: 1 }],
    [
      'a GZIP bomb of empty lines',
      gzipSync(Buffer.concat([Buffer.from('id;email\n'), Buffer.alloc(50_000_000, '\n')])),
      'exportFields',
      { line: 2 },
    ],
    ['a ZIP bomb', zipSync({ 'x.csv': Buffer.alloc(20_000_000, 'x') }), 'exportTooLong', { line: 1 }],
  ])('with %s', async (_, content, reason, facts = {}) => {
    for (const sizes of [undefined, [1000], [64 * 1024]]) {
      const attempt = read(content, { sizes });
      await expect(attempt).rejects.toMatchObject({
        name: 'ExportInvalid',
        retryable: false,
        told: { reason, facts: { file: 'p.csv', ...facts } },
      });
    }
  });

  it('if it is larger than the limit when unpacked', async () => {
    const attempt = read(GZIP, { most: 100_000 });
    await expect(attempt).rejects.toMatchObject({
      told: { reason: 'exportTooLarge', facts: { most: 100_000 } },
    });
  });
});

describe('the source of an export', () => {
  it.each([false, true])('has its own failures, and not those of the file (GZIP: %s)', async (isPacked) => {
    const own = Object.assign(new Error('gone'), { code: 'ECONNRESET' });
    const bytes = isPacked ? GZIP : Buffer.from('id;email\n7;a\n');
    async function* source() {
      yield bytes.subarray(0, 12);
      throw own;
    }
    const all = async () => {
      for await (const batch of readExport(source(), { name: 'p.csv', columns: COLUMNS }))
        expect(batch).toBeDefined();
    };
    await expect(all()).rejects.toBe(own);
  });

  it.each([false, true])('is closed after a broken line (GZIP: %s)', async (isPacked) => {
    let isClosed = false;
    const text = 'id;email\n7;a\n8\n' + '7;a\n'.repeat(500_000);
    const bytes = isPacked ? gzipSync(text, { level: 0 }) : Buffer.from(text);
    async function* source() {
      try {
        yield* chunks(bytes, [1000]);
        throw new Error('read to the end');
      } finally {
        isClosed = true;
      }
    }
    const all = async () => {
      for await (const batch of readExport(source(), { name: 'p.csv', columns: COLUMNS }))
        expect(batch).toBeDefined();
    };
    await expect(all()).rejects.toMatchObject({ told: { reason: 'exportFields' } });
    expect(isClosed).toBe(true);
  });
});
