/*
 * Arrow IPC messages with columns of UTF-8 text only: https://arrow.apache.org/docs/format/Columnar.html
 * Flatbuffers: https://flatbuffers.dev/internals/
 */
import { isUtf8 } from 'node:buffer';
import type { Conversion } from '../copy/conversions.ts';
import { LineWriter, needsWork } from '../copy/lines.ts';
import { AnswerUnreadable } from './failures.ts';
import { conversionOf, type Field } from './kinds.ts';

/** The message is not what we asked for. */
export class ArrowUnreadable extends AnswerUnreadable {
  constructor() {
    super('Arrow with columns of text');
  }
}

const [SCHEMA, RECORD_BATCH] = [1, 3];
const UTF8 = 5;
/** Bytes of a buffer and of a node in the metadata: two 64-bit integers. */
const PAIR = 16;

/** A message: its metadata as a flatbuffers table, and the rest as its body. */
function messageOf(bytes: Buffer): { header: Table; type: number; body: Buffer } {
  const isMarked = bytes.length >= 8 && bytes.readInt32LE(0) === -1;
  if (!isMarked) throw new ArrowUnreadable();
  const length = bytes.readInt32LE(4);
  const metadata = bytes.subarray(8, 8 + length);
  const message = new Table(metadata, metadata.readUInt32LE(0));
  const header = message.table(2);
  if (!header) throw new ArrowUnreadable();
  return { header, type: message.byte(1), body: bytes.subarray(8 + length) };
}

/** A flatbuffers table, of which fields are read by their number. */
class Table {
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #fields: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#fields = at - bytes.readInt32LE(at);
  }

  /** Where a field is; 0 if it is absent. */
  #place(field: number): number {
    const slot = 4 + 2 * field;
    if (slot >= this.#bytes.readUInt16LE(this.#fields)) return 0;
    const offset = this.#bytes.readUInt16LE(this.#fields + slot);
    return offset === 0 ? 0 : this.#at + offset;
  }

  byte(field: number): number {
    const at = this.#place(field);
    return at === 0 ? 0 : this.#bytes[at]!;
  }

  long(field: number): number {
    const at = this.#place(field);
    return at === 0 ? 0 : Number(this.#bytes.readBigInt64LE(at));
  }

  table(field: number): Table | undefined {
    const at = this.#place(field);
    return at === 0 ? undefined : new Table(this.#bytes, at + this.#bytes.readUInt32LE(at));
  }

  text(field: number): string {
    const { at, length } = this.#vector(field, 1);
    return this.#bytes.toString('utf8', at, at + length);
  }

  tables(field: number): Table[] {
    const { at, length } = this.#vector(field, 4);
    return Array.from({ length }, (_, i) => at + 4 * i).map(
      (each) => new Table(this.#bytes, each + this.#bytes.readUInt32LE(each)),
    );
  }

  /** Pairs of 64-bit integers. */
  pairs(field: number): [number, number][] {
    const { at, length } = this.#vector(field, PAIR);
    return Array.from({ length }, (_, i) => at + PAIR * i).map((each) => [
      Number(this.#bytes.readBigInt64LE(each)),
      Number(this.#bytes.readBigInt64LE(each + 8)),
    ]);
  }

  /** @param size the bytes of an element */
  #vector(field: number, size: number): { at: number; length: number } {
    const place = this.#place(field);
    if (place === 0) return { at: 0, length: 0 };
    const at = place + this.#bytes.readUInt32LE(place);
    const length = this.#bytes.readUInt32LE(at);
    // no memory for a length that is damaged
    if (at + 4 + length * size > this.#bytes.length) throw new ArrowUnreadable();
    return { at: at + 4, length };
  }
}

/**
 * Checks that a schema has the columns that we selected, and that all are texts.
 * @throws ArrowUnreadable
 */
export function checkSchema(bytes: Buffer, names: readonly string[]): void {
  guarded(() => {
    const { header, type } = messageOf(bytes);
    const fields = type === SCHEMA ? header.tables(1) : [];
    const isOurs = (name: string, i: number) => fields[i]!.text(0) === name && fields[i]!.byte(2) === UTF8;
    if (fields.length !== names.length || !names.every(isOurs)) throw new ArrowUnreadable();
  });
}

/** Encodes rows of texts as COPY lines, from the buffers in which they arrived. */
export class Encoder {
  readonly writer = new LineWriter();
  readonly columns: number;
  readonly #conversions: (Conversion | undefined)[];

  constructor(fields: readonly Field[]) {
    this.columns = fields.length;
    this.#conversions = fields.map(conversionOf);
  }

  /** Adds a value. @param isPlain it is valid UTF-8, and has no byte that COPY escapes */
  add(column: number, bytes: Buffer, start: number, end: number, isPlain: boolean): void {
    const convert = this.#conversions[column];
    if (isPlain) this.writer.plainField(bytes, start, end, convert);
    else this.writer.field(bytes.subarray(start, end), convert);
  }
}

/** Encodes a record batch. Yields lines whenever there are enough. @throws ArrowUnreadable */
export function* encodeBatch(bytes: Buffer, encoder: Encoder): Generator<Buffer, void, undefined> {
  const { rows, columns } = guarded(() => columnsOf(bytes, encoder.columns));
  const { writer } = encoder;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns.length; i++) {
      const { validity, offsets, data, isPlain } = columns[i]!;
      if (validity && ((validity[row >> 3]! >> (row & 7)) & 1) === 0) writer.field(null);
      else encoder.add(i, data, offsets[row]!, offsets[row + 1]!, isPlain);
    }
    writer.endLine();
    if (writer.isFull) yield writer.take();
  }
}

/** A column of a batch: row n is `data` from `offsets[n]` to `offsets[n + 1]`, or null if its bit in `validity` is 0. */
interface Column {
  validity: Buffer | undefined;
  offsets: Int32Array;
  data: Buffer;
  /** No value has a byte that COPY escapes, and all are valid UTF-8. */
  isPlain: boolean;
}

function columnsOf(bytes: Buffer, count: number): { rows: number; columns: Column[] } {
  const { header, type, body } = messageOf(bytes);
  const [nodes, buffers] = [header.pairs(1), header.pairs(2)];
  const isCompressed = header.table(3) !== undefined;
  if (type !== RECORD_BATCH || isCompressed) throw new ArrowUnreadable();
  if (nodes.length !== count || buffers.length !== 3 * count) throw new ArrowUnreadable();
  const rows = header.long(0);
  const part = (i: number) => {
    const [offset, length] = buffers[i]!;
    if (offset < 0 || length < 0 || offset + length > body.length) throw new ArrowUnreadable();
    return body.subarray(offset, offset + length);
  };
  const columns = nodes.map(([length, nulls], i): Column => {
    if (length !== rows) throw new ArrowUnreadable();
    const validity = nulls === 0 ? undefined : part(3 * i);
    if (validity && validity.length * 8 < rows) throw new ArrowUnreadable();
    const data = part(3 * i + 2);
    const offsets = offsetsOf(part(3 * i + 1), rows, data.length);
    return { validity, offsets, data, isPlain: isPlain(data, offsets) };
  });
  return { rows, columns };
}

function offsetsOf(bytes: Buffer, rows: number, most: number): Int32Array {
  if (rows === 0) return new Int32Array(1);
  if (bytes.length < 4 * (rows + 1)) throw new ArrowUnreadable();
  const offsets = new Int32Array(rows + 1);
  // a copy, because the bytes may not begin at a multiple of 4
  bytes.copy(new Uint8Array(offsets.buffer), 0, 0, offsets.byteLength);
  let last = 0;
  for (const offset of offsets) {
    if (offset < last || offset > most) throw new ArrowUnreadable();
    last = offset;
  }
  return offsets;
}

/** A character that is cut by an offset is invalid on both sides, so each value is then checked alone. */
function isPlain(data: Buffer, offsets: Int32Array): boolean {
  if (needsWork(data, 0, data.length) || !isUtf8(data)) return false;
  return offsets.every((offset) => offset >= data.length || (data[offset]! & 0xc0) !== 0x80);
}

/** Metadata that points outside of its bytes is unreadable, too. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new ArrowUnreadable();
    throw error;
  }
}
