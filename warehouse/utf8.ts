import { isUtf8 } from 'node:buffer';
import { NOT_TEXT } from '../activation/values/text.ts';

const [TAB, NEWLINE] = [9, 10];

/**
 * Whole lines of COPY text, in which a value that is no UTF-8 is marked as such: it is then rejected like other values that
 * cannot be sent, and the rest of its row and of the segment is read. Databases hold such bytes in the encoding SQL_ASCII.
 */
export function withMarkedFaults(lines: Buffer): Buffer {
  return isUtf8(lines) ? lines : Buffer.concat([...fields(lines)].map(marked));
}

/** Each with the tab or line break that ends it. */
function* fields(lines: Buffer): Generator<Buffer> {
  let start = 0;
  for (let at = 0; at < lines.length; at++) {
    if (lines[at] !== TAB && lines[at] !== NEWLINE) continue;
    yield lines.subarray(start, at + 1);
    start = at + 1;
  }
  if (start < lines.length) yield lines.subarray(start);
}

/** What can be read of it stays, so that people find the row by a key that was marked. */
function marked(field: Buffer): Buffer {
  if (isUtf8(field)) return field;
  const end = field.at(-1) === TAB || field.at(-1) === NEWLINE ? field.length - 1 : field.length;
  return Buffer.concat([Buffer.from(field.toString('utf8', 0, end) + NOT_TEXT), field.subarray(end)]);
}
