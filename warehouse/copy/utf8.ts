import { isUtf8 } from 'node:buffer';
import { NOT_TEXT } from '../../activation/values/text.ts';

const [TAB, NEWLINE] = [9, 10];

/**
 * Returns whole lines of COPY text in which values that are not UTF-8 are marked. They are then rejected like other
 * unusable values, and the rest of the row and of the segment is read. Databases with the encoding SQL_ASCII can
 * contain such bytes.
 */
export function withMarkedFaults(lines: Buffer): Buffer {
  return isUtf8(lines) ? lines : Buffer.concat([...fields(lines)].map(marked));
}

/** Yields each field with the tab or line break that ends it. */
function* fields(lines: Buffer): Generator<Buffer> {
  let start = 0;
  for (let at = 0; at < lines.length; at++) {
    if (lines[at] !== TAB && lines[at] !== NEWLINE) continue;
    yield lines.subarray(start, at + 1);
    start = at + 1;
  }
  if (start < lines.length) yield lines.subarray(start);
}

/** Keeps the readable part, so that people can find the row by a marked key. */
function marked(field: Buffer): Buffer {
  if (isUtf8(field)) return field;
  const end = field.at(-1) === TAB || field.at(-1) === NEWLINE ? field.length - 1 : field.length;
  return Buffer.concat([Buffer.from(field.toString('utf8', 0, end) + NOT_TEXT), field.subarray(end)]);
}
