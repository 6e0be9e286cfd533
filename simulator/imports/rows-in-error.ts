import { closeSync, openSync, writeSync } from 'node:fs';

const BUFFERED = 64 * 1024;

/**
 * The CSV with an import's rows in error, written to disk while the import runs. It is synchronous, like its caller.
 */
export class RowsInError {
  readonly #file: number;
  #pending: string;
  count = 0;

  constructor(path: string, keyAttribute: string) {
    this.#file = openSync(path, 'w');
    this.#pending = `line;${keyAttribute};code;message\n`;
  }

  /** @param line of the imported file; the header is line 1. */
  add(line: number, key: string, code: string, message: string): void {
    this.count += 1;
    this.#pending += `${line};${quoted(key)};${code};${quoted(message)}\n`;
    if (this.#pending.length > BUFFERED) this.#write();
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }

  #write(): void {
    writeSync(this.#file, this.#pending);
    this.#pending = '';
  }
}

function quoted(field: string): string {
  return /[;"\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
<<<<<<< HEAD

/** Yields a ZIP with a single file from the disk, which is packed while it is read. */
export async function* zipped(path: string, name: string): AsyncGenerator<Uint8Array> {
  const packed: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    packed.push(chunk);
  });
  const entry = new ZipDeflate(name);
  zip.add(entry);
  for await (const chunk of createReadStream(path) as Readable & AsyncIterable<Buffer>) {
    entry.push(chunk);
    yield* packed.splice(0);
  }
  entry.push(new Uint8Array(), true);
  zip.end();
  yield* packed.splice(0);
}
=======
>>>>>>> a29527777effa2fcb24b8d7d3c7557146b8ce60b
