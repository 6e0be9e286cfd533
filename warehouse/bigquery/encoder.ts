import type { Conversion } from '../sql/conversions.ts';
import { LineWriter } from '../sql/lines.ts';
import { conversionOf, type Field } from './kinds.ts';

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
