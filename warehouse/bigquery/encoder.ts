import { LineWriter } from '../sql/lines.ts';
import { textOf, type Field } from './kinds.ts';

/** Encodes rows of texts as COPY lines, from the buffers in which they arrived. */
export class Encoder {
  readonly writer = new LineWriter();
  readonly columns: number;
  readonly #texts: (((text: string) => string) | undefined)[];

  constructor(fields: readonly Field[]) {
    this.columns = fields.length;
    this.#texts = fields.map(textOf);
  }

  /** Adds a value of valid UTF-8. @param isPlain it has no byte that COPY escapes */
  add(column: number, bytes: Buffer, start: number, end: number, isPlain: boolean): void {
    const toText = this.#texts[column];
    if (toText) this.writer.field(toText(bytes.toString('latin1', start, end)));
    else if (isPlain) this.writer.plainField(bytes, start, end);
    else this.writer.field(bytes.subarray(start, end));
  }
}
