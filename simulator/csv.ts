import { isAscii } from 'node:buffer';

/** Large enough for fast reading, and small enough not to block other work of the process for long. */
export const READ_CHUNK = { highWaterMark: 256 * 1024 };

const LINE_FEED = 0x0a;

/** Receives a record, its number, and the line where it begins; both count from 1. The next record reuses the array. */
export type OnRecord = (fields: readonly string[], number: number, line: number) => void;

/**
 * Reads CSV (RFC 4180, UTF-8, lines end with LF or CR LF), and passes each record to `onRecord`, including the header.
 * Only one chunk is in memory, because there can be a million records.
 * @throws if a quote is misplaced, if the number of fields differs from the first record, any error of `onRecord`, or
 * on abort; earlier records were already passed on.
 */
export async function readCsv(
  source: AsyncIterable<Buffer>,
  delimiter: string,
  onRecord: OnRecord,
  signal?: AbortSignal,
): Promise<void> {
  const lines = new Lines(delimiter, onRecord);
  let begun: Buffer[] = []; // the line that continues in the next chunk
  for await (const chunk of source) {
    signal?.throwIfAborted();
    const encoding = isAscii(chunk) ? 'latin1' : 'utf8'; // the same result for ASCII, several times faster
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      if (begun.length === 0) lines.add(chunk.toString(encoding, from, end), '\n');
      else {
        lines.add(Buffer.concat([...begun, chunk.subarray(from, end)]).toString(), '\n');
        begun = [];
      }
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  lines.end(Buffer.concat(begun).toString());
}

/** Makes records from lines. Each line is decoded separately, so a stored field keeps only its line in memory. */
class Lines {
  readonly #delimiter: string;
  readonly #onRecord: OnRecord;
  readonly #fields: string[] = [];
  /** The number of fields of the first record. */
  #width: number | undefined;
  /** The number of complete fields in the current record. */
  #complete = 0;
  /** The beginning of a quoted field that continues on the next line. */
  #open: string | undefined;
  #record = 0;
  #line = 0;
  #firstLine = 0;

  constructor(delimiter: string, onRecord: OnRecord) {
    this.#delimiter = delimiter;
    this.#onRecord = onRecord;
  }

  /** @param lineEnd an LF (a CR before it is still in `text`); nothing at the end of the file. */
  add(text: string, lineEnd: '\n' | ''): void {
    this.#line += 1;
    if (this.#open === undefined) {
      this.#firstLine = this.#line;
      this.#complete = 0;
    }
    const isComplete =
      this.#open !== undefined || text.includes('"')
        ? this.#readQuoted(text, lineEnd)
        : this.#readPlain(lineEnd === '' ? text : withoutReturn(text));
    if (isComplete) this.#handOver();
  }

  /** Handles the text after the last LF. */
  end(text: string): void {
    if (text !== '' || this.#open !== undefined) this.add(text, '');
    if (this.#open !== undefined) throw new Error(`line ${this.#firstLine}: a quoted field has no end`);
  }

  /** Reads a whole record without quotes. */
  #readPlain(text: string): true {
    let from = 0;
    for (let end = text.indexOf(this.#delimiter, from); end >= 0; end = text.indexOf(this.#delimiter, from)) {
      this.#fields[this.#complete++] = text.slice(from, end);
      from = end + 1;
    }
    this.#fields[this.#complete++] = text.slice(from);
    return true;
  }

  /** @returns whether the record ends with this line. */
  #readQuoted(text: string, lineEnd: '\n' | ''): boolean {
    const content = lineEnd === '' ? text : withoutReturn(text);
    let from = 0;
    for (;;) {
      if (this.#open === undefined && text[from] !== '"') {
        const end = content.indexOf(this.#delimiter, from);
        const field = content.slice(from, end < 0 ? undefined : end);
        if (field.includes('"')) throw this.#misplacedQuote();
        this.#fields[this.#complete++] = field;
        if (end < 0) return true;
        from = end + 1;
      } else {
        if (this.#open === undefined) [this.#open, from] = ['', from + 1];
        let quote = text.indexOf('"', from);
        for (; quote >= 0 && text[quote + 1] === '"'; quote = text.indexOf('"', from)) {
          this.#open += text.slice(from, quote + 1); // two quotes mean one
          from = quote + 2;
        }
        if (quote < 0) {
          this.#open += text.slice(from) + lineEnd;
          return false;
        }
        this.#fields[this.#complete++] = this.#open + text.slice(from, quote);
        this.#open = undefined;
        from = quote + 1;
        if (from === content.length) return true;
        if (content[from] !== this.#delimiter) throw this.#misplacedQuote();
        from += 1;
      }
    }
  }

  #handOver(): void {
    this.#width ??= this.#complete;
    if (this.#complete !== this.#width) {
      throw new Error(`line ${this.#firstLine} has ${this.#complete} fields, not ${this.#width}`);
    }
    this.#onRecord(this.#fields, (this.#record += 1), this.#firstLine);
  }

  #misplacedQuote(): Error {
    return new Error(`line ${this.#line}: a quote that neither begins nor ends a field`);
  }
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
