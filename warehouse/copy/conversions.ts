import type { ColumnKind } from '../../activation/values/kinds.ts';
import { valueText } from './values.ts';

/**
 * Changes the bytes of a value in place, so that it is the text that kinds.ts defines; returns its new end. There is room
 * for it to grow.
 */
export type Conversion = (bytes: Buffer, start: number, end: number) => number;

/** The most bytes that a value can grow when it is converted. */
export const SLACK = 512;

const [PLUS, DASH, DOT, ZERO, NINE, COLON, SPACE, T] = [43, 45, 46, 48, 57, 58, 32, 84];
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
/** Spellings of UTC behind a moment. */
const UTC = ['+00', '+00:00', ' UTC', 'Z'].map((text) => Buffer.from(text));
const DATE = 'dddd-dd-dd'.length;
const SECONDS = 'dddd-dd-dd dd:dd:dd'.length;
const MICROSECONDS = 6;

/**
 * Returns what makes the text of a value ours; undefined if it already is. What most values look like is done without a
 * text for each of them; the rest is `valueText`.
 * @param scale the decimals of the column's type, if it has a fixed number of them
 */
export function conversionFor(kind: ColumnKind, scale?: number): Conversion | undefined {
  switch (kind) {
    case 'boolean':
      return booleans;
    case 'date':
      return (bytes, start, end) =>
        end - start === DATE && isDate(bytes, start) ? end : slowly(kind)(bytes, start, end);
    case 'timestamp':
    case 'timestamptz':
      return moments(kind);
    case 'decimal':
      return decimals(scale);
    case 'float':
      return slowly(kind);
    default:
      return undefined;
  }
}

function slowly(kind: ColumnKind, scale?: number): Conversion {
  return (bytes, start, end) => {
    const text = bytes.toString('latin1', start, end);
    const ours = valueText(text, kind, scale);
    return ours === text ? end : start + bytes.write(ours, start, 'latin1');
  };
}

const slowBoolean = slowly('boolean');

/** Only the two words that services send. */
function booleans(bytes: Buffer, start: number, end: number): number {
  const word = bytes[start] === TRUE[0] ? TRUE : FALSE;
  return isAt(bytes, start, end, word) ? start + 1 : slowBoolean(bytes, start, end);
}

function isAt(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  let at = 0;
  while (at < word.length && bytes[start + at] === word[at]) at += 1;
  return at === word.length && end - start === at;
}

/** Decimals as databases print them; zeros are added up to the scale. */
function decimals(scale = 0): Conversion {
  const convert = slowly('decimal', scale);
  return (bytes, start, end) => {
    const whole = bytes[start] === DASH ? start + 1 : start;
    let point = whole;
    while (point < end && isDigit(bytes[point]!)) point += 1;
    const hasFraction = point < end && bytes[point] === DOT && areDigits(bytes, point + 1, end);
    if (point === whole || (point < end && !hasFraction)) return convert(bytes, start, end);
    let last = end;
    if (scale > 0 && !hasFraction) bytes[last++] = DOT;
    while (scale > 0 && last <= point + scale) bytes[last++] = ZERO;
    return last;
  };
}

/** Moments as `2026-01-31 10:20:30.120000`, with `T`, with fewer digits, with an offset of zero. */
function moments(kind: 'timestamp' | 'timestamptz'): Conversion {
  const convert = slowly(kind);
  return (bytes, start, end) => {
    const seconds = start + SECONDS;
    if (end < seconds || !isMoment(bytes, start)) return convert(bytes, start, end);
    let fraction = seconds;
    if (bytes[seconds] === DOT && seconds < end) {
      fraction += 1;
      while (fraction < end && isDigit(bytes[fraction]!)) fraction += 1;
    }
    if (fraction - seconds - 1 > MICROSECONDS || fraction === seconds + 1) return convert(bytes, start, end);
    const hasZone = kind === 'timestamptz';
    if (fraction !== end && !(hasZone && isUtc(bytes, fraction, end))) return convert(bytes, start, end);
    bytes[start + DATE] = SPACE;
    let last = fraction;
    if (last > seconds) {
      while (bytes[last - 1] === ZERO) last -= 1;
      if (bytes[last - 1] === DOT) last -= 1;
    }
    return hasZone ? writeUtc(bytes, last) : last;
  };
}

function isUtc(bytes: Buffer, start: number, end: number): boolean {
  for (const spelling of UTC) if (isAt(bytes, start, end, spelling)) return true;
  return false;
}

function isMoment(bytes: Buffer, start: number): boolean {
  const between = bytes[start + DATE];
  return (
    isDate(bytes, start) &&
    (between === SPACE || between === T) &&
    areDigits(bytes, start + 11, start + 13) &&
    bytes[start + 13] === COLON &&
    areDigits(bytes, start + 14, start + 16) &&
    bytes[start + 16] === COLON &&
    areDigits(bytes, start + 17, start + 19)
  );
}

function isDate(bytes: Buffer, start: number): boolean {
  return (
    areDigits(bytes, start, start + 4) &&
    bytes[start + 4] === DASH &&
    areDigits(bytes, start + 5, start + 7) &&
    bytes[start + 7] === DASH &&
    areDigits(bytes, start + 8, start + 10)
  );
}

export function areDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(bytes[at]!)) return false;
  return end > start;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** Writes the offset of a timestamptz. */
export function writeUtc(bytes: Buffer, at: number): number {
  bytes[at] = PLUS;
  bytes[at + 1] = bytes[at + 2] = ZERO;
  return at + 3;
}
