import { compressionRegistry, CompressionType, Utf8, vectorFromArray } from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { ArrowUnreadable, encodeBatch, Encoder } from '../../warehouse/bigquery/arrow.ts';
import { messages } from './arrow-messages.ts';

const ROWS = 21;
/** The bytes of its first buffer, which says which values are null: Arrow's writer fills up to 64. */
const BUFFER = 64;
const vector = () =>
  vectorFromArray(
    Array.from({ length: ROWS }, (_, i) => (i % 3 === 1 ? null : `value ${i}`)),
    new Utf8(),
  );
const batch = () => messages({ c0: vector() })[1];
const linesOf = (bytes: Buffer) => {
  const encoder = new Encoder([{ name: 'c0', type: 'STRING' }]);
  const full = [...encodeBatch(bytes, encoder)].map(String);
  return [...full, String(encoder.writer.take())].join('');
};
const nulls = (lines: string) => lines.match(/^\\N$/gm)?.length ?? 0;

/** The batch with a word of 64 bits of its metadata changed, for each word with this value. */
function withWord(value: number, changed: number): Buffer[] {
  const end = 8 + batch().readInt32LE(4);
  const places = Array.from({ length: (end - 8) / 8 }, (_, i) => 8 + 8 * i);
  return places
    .filter((at) => batch().readBigInt64LE(at) === BigInt(value))
    .map((at) => {
      const bytes = Buffer.from(batch());
      bytes.writeBigInt64LE(BigInt(changed), at);
      return bytes;
    });
}

/** The batch with other offsets of its first two values. */
function withOffsets(first: number, second: number): Buffer {
  const bytes = Buffer.from(batch());
  const at = bytes.indexOf(Buffer.from(Int32Array.from([0, 7, 7]).buffer));
  bytes.writeInt32LE(first, at + 4);
  bytes.writeInt32LE(second, at + 8);
  return bytes;
}

/** A batch whose data has no bytes beyond its values, as BigQuery sends it, with one of its bytes changed. */
function exact(
  values: string[],
  change: (data: number, offsets: number) => [at: number, byte: number],
): Buffer {
  const [, bytes] = messages({ c0: vectorFromArray(values, new Utf8()) });
  const data = Buffer.from(values.join(''));
  const body = 8 + bytes.readInt32LE(4);
  let last = body - 8; // of the words that can be the length of the last buffer
  while (bytes.readBigInt64LE(last) !== BigInt(8 * Math.ceil(data.length / 8))) last -= 8;
  bytes.writeBigInt64LE(BigInt(data.length), last);
  const [at, byte] = change(bytes.indexOf(data, body), bytes.indexOf(Buffer.from([0, 0, 0, 0, 2]), body));
  return Buffer.from(bytes).fill(byte, at, at + 1);
}

test('a value that is not UTF-8 is marked, and so are both values of a character that an offset cuts', () => {
  const unchanged = exact(['é', 'x'], (data) => [data, 0xc3]);
  expect(linesOf(unchanged)).toBe('é\nx\n');
  const invalid = exact(['é', 'x'], (data) => [data + 2, 0xff]);
  expect(linesOf(invalid)).toBe('é\n\ufffd\uffff\n');
  const cut = exact(['é', 'x'], (_, offsets) => [offsets + 4, 1]);
  expect(linesOf(cut)).toBe('\ufffd\uffff\n\ufffdx\uffff\n');
});

describe('a batch of Arrow that is not as it says', () => {
  test('is read if it is', () => {
    expect(nulls(linesOf(batch()))).toBe(7);
    expect(linesOf(withOffsets(7, 7))).toBe(linesOf(batch()));
  });

  test.each([0, ROWS - 1, ROWS + 1])(
    'is unreadable if its column has not as many rows as the batch: %i',
    (rows) => {
      const changed = withWord(ROWS, rows);
      expect(changed).toHaveLength(2); // of the batch, and of its column
      for (const bytes of changed) expect(() => linesOf(bytes)).toThrow(ArrowUnreadable);
    },
  );

  test('is unreadable without the mark at its begin', () => {
    expect(() => linesOf(Buffer.from(batch()).fill(0, 0, 1))).toThrow(ArrowUnreadable);
  });

  test('is unreadable if nulls are counted and not marked, so that no value becomes null', () => {
    const [withoutValidity] = withWord(BUFFER, 0);
    expect(() => linesOf(withoutValidity!)).toThrow(ArrowUnreadable);
  });

  test.each([
    [7, 6],
    [-1, 7],
    [1_000_000, 1_000_001],
  ])('is unreadable if its offsets fall or point outside: %i, %i', (first, second) => {
    expect(() => linesOf(withOffsets(first, second))).toThrow(ArrowUnreadable);
  });

  test('is unreadable if its last value ends outside', () => {
    const bytes = Buffer.from(batch());
    const at = bytes.indexOf(Buffer.from(Int32Array.from([0, 7, 7]).buffer)) + 4 * ROWS;
    bytes.writeInt32LE(bytes.readInt32LE(at) + 100, at);
    expect(() => linesOf(bytes)).toThrow(ArrowUnreadable);
  });

  test('is unreadable if it is compressed', () => {
    const frame = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0]);
    const encode = (bytes: Uint8Array) => Buffer.concat([frame, bytes]);
    compressionRegistry.set(CompressionType.LZ4_FRAME, { encode });
    const [, compressed] = messages({ c0: vector() }, CompressionType.LZ4_FRAME);
    expect(() => linesOf(compressed)).toThrow(ArrowUnreadable);
  });
});
