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
