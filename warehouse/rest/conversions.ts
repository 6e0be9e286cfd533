import type { ColumnKind } from '../../activation/values/kinds.ts';
import { valueText } from '../sql/values.ts';

/**
 * Changes the bytes of a value in place, so that it is the text that kinds.ts defines; returns its new end. There is room
 * for it to grow.
 */
export type Conversion = (bytes: Buffer, start: number, end: number) => number;

const [PLUS, DASH, DOT, ZERO, NINE, COLON, SPACE, T, LETTER_Z] = [43, 45, 46, 48, 57, 58, 32, 84, 90];
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
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

/** Only the two words that services send, letter by letter. */
function booleans(bytes: Buffer, start: number, end: number): number {
  const word = bytes[start] === TRUE[0] ? TRUE : FALSE;
  let at = 0;
  while (at < word.length && bytes[start + at] === word[at]) at += 1;
  return at === word.length && end - start === at ? start + 1 : slowBoolean(bytes, start, end);
}

/** Decimals of databases that print as many of them as the type has. */
function decimals(scale = 0): Conversion {
  const convert = slowly('decimal', scale);
  return (bytes, start, end) => {
    const whole = bytes[start] === DASH ? start + 1 : start;
    const point = scale === 0 ? end : end - scale - 1;
    const isOurs =
      point > whole &&
      areDigits(bytes, whole, point) &&
      (scale === 0 || (bytes[point] === DOT && areDigits(bytes, point + 1, end)));
    return isOurs ? end : convert(bytes, start, end);
  };
}

/** Moments as `2026-01-31 10:20:30.120000`, with `T`, with fewer digits, with `Z` or an offset of zero. */
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
    if (fraction !== end && !(hasZone && isZero(bytes, fraction, end))) return convert(bytes, start, end);
    bytes[start + DATE] = SPACE;
    let last = fraction;
    if (last > seconds) {
      while (bytes[last - 1] === ZERO) last -= 1;
      if (bytes[last - 1] === DOT) last -= 1;
    }
    return hasZone ? last + bytes.write('+00', last, 'latin1') : last;
  };
}

/** `Z`, `+00`, `+0000` or `+00:00`. */
function isZero(bytes: Buffer, start: number, end: number): boolean {
  if (end - start === 1) return bytes[start] === LETTER_Z;
  if (bytes[start] !== PLUS && bytes[start] !== DASH) return false;
  const rest = bytes.toString('latin1', start + 1, end);
  return rest === '00' || rest === '0000' || rest === '00:00';
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

function areDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(bytes[at]!)) return false;
  return end > start;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;
/** `1970-01-01` and its neighbours, for each day that occurred; a segment has few of them. */
const days = new Map<number, string>();

/** A moment as its microseconds since 1970, which becomes the text of a timestamptz. */
export function microseconds(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end);
  const micros = Number(text);
  const isExact = Number.isSafeInteger(micros); // until the year 2255
  if (!isExact && !/^-?\d{16,19}$/.test(text)) return end;
  const day = isExact ? Math.floor(micros / DAY) : floorDays(BigInt(text));
  let date = days.get(day);
  if (date === undefined) {
    date = dateText(day);
    if (date === undefined) return end;
    if (days.size < 100_000) days.set(day, date);
  }
  const rest = isExact ? micros - day * DAY : Number(BigInt(text) - BigInt(day) * BigInt(DAY));
  const seconds = Math.floor(rest / SECOND);
  let at = start + bytes.write(date, start, 'latin1');
  bytes[at++] = SPACE;
  at = twoDigits(bytes, at, Math.floor(seconds / 3600));
  bytes[at++] = COLON;
  at = twoDigits(bytes, at, Math.floor(seconds / 60) % 60);
  bytes[at++] = COLON;
  at = twoDigits(bytes, at, seconds % 60);
  const fraction = rest - seconds * SECOND;
  if (fraction > 0) {
    const digits = String(fraction).padStart(MICROSECONDS, '0').replace(/0+$/, '');
    at += bytes.write(`.${digits}`, at, 'latin1');
  }
  return at + bytes.write('+00', at, 'latin1');
}

function floorDays(micros: bigint): number {
  const day = BigInt(DAY);
  return Number(micros / day) - (micros % day < 0n ? 1 : 0);
}

/** Years beyond 9999 have no sign here; those before 1 have no text. */
function dateText(day: number): string | undefined {
  const date = new Date(day * 86_400_000);
  const year = date.getUTCFullYear();
  if (!(year >= 1)) return undefined;
  const part = (value: number, length: number) => String(value).padStart(length, '0');
  return `${part(year, 4)}-${part(date.getUTCMonth() + 1, 2)}-${part(date.getUTCDate(), 2)}`;
}

function twoDigits(bytes: Buffer, at: number, value: number): number {
  bytes[at] = ZERO + Math.floor(value / 10);
  bytes[at + 1] = ZERO + (value % 10);
  return at + 2;
}
