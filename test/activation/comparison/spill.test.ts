import fc from 'fast-check';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Spill } from '../../../activation/comparison/partitions.ts';
import { openSpill } from '../../../state/delta/spill.ts';
import { compare, definitionFor } from './support.ts';

vi.setConfig({ testTimeout: 60_000 }); // many small runs, on machines that do other things as well

const BUFFER = 32_768;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spill-test-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Reads to the end, through a buffer whose size differs from the pieces. */
function contentOf(spill: Spill): Buffer {
  const into = Buffer.alloc(10_007);
  const read: Buffer[] = [];
  for (let bytes = spill.read(into); bytes > 0; bytes = spill.read(into))
    read.push(Buffer.from(into.subarray(0, bytes)));
  return Buffer.concat(read);
}

describe('a spill', () => {
  test('returns what was written, over any number of buffers', () => {
    const pieceArb = fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.constantFrom(BUFFER - 1, BUFFER, BUFFER + 1, 3 * BUFFER),
    );
    fc.assert(
      fc.property(fc.array(pieceArb, { maxLength: 40 }), (sizes) => {
        const pieces = sizes.map((size, no) => Buffer.alloc(size, no + 1));
        const spill = openSpill();
        try {
          for (const piece of pieces) spill.write(piece);
          const read = contentOf(spill);
          expect(read.equals(Buffer.concat(pieces))).toBe(true);
        } finally {
          spill.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('keeps a copy: the buffer of the writer may be reused', () => {
    const spill = openSpill();
    const bytes = Buffer.from('first');
    spill.write(bytes);
    bytes.fill('x');
    expect(contentOf(spill).toString()).toBe('first');
    spill.close();
  });

  test('leaves nothing in the temporary folder, even while it is open', () => {
    const spill = openSpill();
    for (let no = 0; no < 10; no++) spill.write(Buffer.alloc(BUFFER, no));
    expect(readdirSync(folder)).toEqual([]);
    expect(contentOf(spill)).toHaveLength(10 * BUFFER);
    spill.close();
    spill.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that fits into one buffer needs no file', () => {
    vi.stubEnv('TMPDIR', join(folder, 'missing'));
    const spill = openSpill();
    spill.write(Buffer.from('short'));
    expect(contentOf(spill).toString()).toBe('short');
    spill.close();
  });
});

describe('a temporary folder that cannot be used', () => {
  const rows = Array.from({ length: 3_000 }, (_, no) => ({
    key: `K${no}`,
    values: ['x'.repeat(99), null, '3'],
  }));

  test.each([
    ['missing', () => join(folder, 'missing'), 'ENOENT'],
    // Tests may run as root, which may write despite any mode.
    ['read-only', () => '/proc', /^(ENOENT|EACCES|EROFS)$/],
  ])('makes a comparison fail with the code of the system if it is %s', async (_, path, code) => {
    vi.stubEnv('TMPDIR', path());
    const members = rows.map((row) => ({ ...row, identifier: row.key, flags: 0 }));
    const failed = compare(definitionFor(), rows, { members, slots: 256 });
    await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(code) });
  });
});
