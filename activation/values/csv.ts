import { unescapeCopy } from './copy.ts';

const NEEDS_QUOTES = /[;"\r\n]/;

/** A field of a CSV file (RFC 4180), in quotes if it must be; `separator` is a single character. */
export function csvField(field: string, separator: string): string {
  return NEEDS_QUOTES.test(field) || field.includes(separator) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Whole lines of COPY text with one field each, as lines of CSV. Nearly all need no change, and are passed on as they are. */
export function csvLines(lines: Buffer, separator: string): Uint8Array {
  const isPlain = !lines.includes('\\') && !lines.includes('"') && !lines.includes(separator);
  if (isPlain) return lines;
  const fields = lines.toString('utf8').split('\n').slice(0, -1);
  return Buffer.from(fields.map((field) => `${csvField(unescapeCopy(field) ?? '', separator)}\n`).join(''));
}
