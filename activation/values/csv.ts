import { unescapeCopy } from './copy.ts';

const NEEDS_QUOTES = /[;"\r\n]/;

/** Returns a field of a CSV file (RFC 4180), in quotes if necessary; `separator` is a single character. */
export function csvField(field: string, separator: string): string {
  return NEEDS_QUOTES.test(field) || field.includes(separator) ? `"${field.replaceAll('"', '""')}"` : field;
}

/**
 * Converts whole lines of COPY text with one field each to lines of CSV. Nearly all need no change, and are passed on
 * unchanged.
 */
export function csvLines(lines: Buffer, separator: string): Uint8Array {
  const isPlain = !lines.includes('\\') && !lines.includes('"') && !lines.includes(separator);
  if (isPlain) return lines;
  const fields = lines.toString('utf8').split('\n').slice(0, -1);
  return Buffer.from(fields.map((field) => `${csvField(unescapeCopy(field) ?? '', separator)}\n`).join(''));
}
