import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { readExport } from '../../../actito/exports/read-export.ts';
import { unescapeCopy } from '../../../activation/values/copy.ts';
import { read } from './reading.ts';

/** A field as the documented rules write it; quotes are optional where they are not needed. */
const csv = (field: string, quote: boolean) =>
  quote || /[;"\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
const TRICKY = fc.constantFrom(
  '"',
  ';',
  '\n',
  '\r',
  '\t',
  '\\',
  '\b',
  '\v',
  ',',
  'é',
  '😀',
  '\\N',
  'a',
  '0',
  '',
);
const field = fc
  .array(
    fc.oneof(
      TRICKY,
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => text.replaceAll('\0', '')),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.from(parts.join('')).toString());

it('any table that is written by the documented rules is read back exactly, in any pieces and packing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          field.map((text) => `#${text}`),
          field,
          field,
          fc.boolean(),
        ),
        { maxLength: 40 },
      ),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom<(bytes: Buffer) => Uint8Array>(
        (bytes) => bytes,
        gzipSync,
        (bytes) => zipSync({ 'a.csv': bytes }),
      ),
      async (rows, sizes, pack) => {
        const lines = rows.map(([id, one, two, quote]) =>
          [one, id, two].map((text) => csv(text, quote)).join(';'),
        );
        const content = pack(Buffer.from(['one;id;two', ...lines, ''].join('\n')));
        const copy = await read(content, { columns: ['id', 'two', 'one'], sizes });
        const found = copy
          .split('\n')
          .slice(0, -1)
          .map((line) => line.split('\t').map(unescapeCopy));
        expect(found).toEqual(rows.map(([id, one, two]) => [id, two || null, one || null]));
      },
    ),
  );
});

it('no more than half a megabyte of a file is held, whatever its size', async () => {
  const piece = Buffer.from('1234567;somebody@example.com;+32470000000\n'.repeat(1500));
  async function* source(pieces: number) {
    yield Buffer.from('id;email;phone\n');
    for (let i = 0; i < pieces; i++) {
      given += piece.length;
      yield piece;
    }
  }
  let given = 0;
  let most = 0;
  let lines = 0;
  for await (const batch of readExport(source(2_000), { name: 'p.csv', columns: ['id', 'email', 'phone'] })) {
    most = Math.max(most, given - lines);
    lines += batch.length;
  }
  expect(lines).toBe(2_000 * piece.length);
  expect(most).toBeLessThanOrEqual(512 * 1024);
});
