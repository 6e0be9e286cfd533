/*
 * The fast path for millions of values: nearly all of them need no or hardly any conversion, and these byte loops write
 * them without making a string. They may leave a value to its converter, but never write anything else than the
 * converter and csvField would. test/activation/fast-values.test.ts compares them with both.
 */
import { isCanonicalEmail, isCanonicalPhone } from '../keys/fast.ts';
import { COUNTRY_CODES, LANGUAGE_CODES } from './codes.ts';

/**
 * Writes the field `[start, end)` of a line in COPY's text format to `to`, from `at` on, as a field of a CSV file.
 * There must be room for {@link MOST_ADDED} more bytes than the field has.
 * @returns where it ends in `to`, or {@link UNDECIDED}: then the converter decides, and what was written is ignored
 */
export type FastWriter = (from: Buffer, start: number, end: number, to: Buffer, at: number) => number;

export const UNDECIDED = -1;
/** The maximum number of bytes that a field gains: a date that becomes a timestamp. */
export const MOST_ADDED = ' 00:00:00'.length;

const [SPACE, HYPHEN, DOT, ZERO] = [0x20, 0x2d, 0x2e, 0x30];
const [UPPER_F, UPPER_M] = [0x46, 0x4d];
/** Converts an ASCII letter to upper case. */
const UPPER = 0xdf;
const BOOLEANS = new Array<Buffer | undefined>(256).fill(undefined);
for (const char of 'tTyY1') BOOLEANS[char.charCodeAt(0)] = Buffer.from('TRUE');
for (const char of 'fFnN0') BOOLEANS[char.charCodeAt(0)] = Buffer.from('FALSE');

/**
 * The class of a byte. UNSURE: a control character, an escape, or what CSV quotes (`;` is the separator of import
 * files).
 */
const UNSURE = 0;
/** Part of a character that may be a blank. */
const MAYBE_BLANK = 1;
const VISIBLE = 2;
/** The first byte of U+0080 to U+00BF, which include control characters. */
const LATIN = 0xc2;
/** The first bytes of all non-ASCII blanks. */
const BEFORE_BLANKS = [LATIN, 0xe1, 0xe2, 0xe3, 0xef];

const TEXT = new Uint8Array(256);
TEXT.fill(VISIBLE, 0x21, 0x7f);
TEXT.fill(MAYBE_BLANK, 0x80, 0xc0);
TEXT.fill(VISIBLE, LATIN, 0xf5);
for (const byte of [SPACE, ...BEFORE_BLANKS]) TEXT[byte] = MAYBE_BLANK;
for (const char of ';"\\') TEXT[char.charCodeAt(0)] = UNSURE;

/** Writes a text that is not blank and has at most this number of bytes, so it has no more characters. */
export function textWriter(maxLength: number): FastWriter {
  return (from, start, end, to, at) => {
    if (end - start > maxLength) return UNDECIDED;
    let isVisible = false;
    for (let i = start; i < end; i++) {
      const byte = from[i]!;
      const kind = TEXT[byte]!;
      if (kind === VISIBLE) isVisible = true;
      else if (kind === UNSURE || (byte === LATIN && from[i + 1]! < 0xa0)) return UNDECIDED;
      else if (byte === 0xef && from[i + 1] === 0xbf && from[i + 2] === 0xbf) return UNDECIDED; // NOT_TEXT
      to[at++] = byte;
    }
    return isVisible ? at : UNDECIDED;
  };
}

/** Writes a number as a text, unchanged, except for `NaN` and `Infinity`. */
export function numberTextWriter(maxLength: number): FastWriter {
  const text = textWriter(maxLength);
  return (from, start, end, to, at) =>
    end > start && isDigit(from[end - 1]!) ? text(from, start, end, to, at) : UNDECIDED;
}

/** Writes an integer without leading zeros that has few enough digits to be in range. */
function wholeWriter(digits: number): FastWriter {
  return (from, start, end, to, at) => {
    let i = from[start] === HYPHEN ? start + 1 : start;
    if (i >= end || end - i > digits || (from[i] === ZERO && end - start > 1)) return UNDECIDED;
    for (; i < end; i++) if (!isDigit(from[i]!)) return UNDECIDED;
    return copy(from, start, end, to, at);
  };
}

export const writeInteger = wholeWriter(9);
export const writeLong = wholeWriter(18);

/** Writes digits, optionally with more after a point, with at most this number in total. A zero has no sign. */
export function numberWriter(digits: number): FastWriter {
  return (from, start, end, to, at) =>
    end - start > digits ? UNDECIDED : writeNumber(from, start, end, to, at);
}

const writeNumber: FastWriter = (from, start, end, to, at) => {
  const isNegative = from[start] === HYPHEN;
  const first = isNegative ? start + 1 : start;
  let point = end;
  let isZero = true;
  for (let i = first; i < end; i++) {
    const byte = from[i]!;
    if (byte === DOT && point === end) point = i;
    else if (!isDigit(byte)) return UNDECIDED;
    else if (byte !== ZERO) isZero = false;
  }
  const hasLeadingZero = from[first] === ZERO && point - first > 1;
  const isCut = point === first || point === end - 1; // `.5`, `5.`, or nothing at all
  return hasLeadingZero || isCut || (isNegative && isZero) ? UNDECIDED : copy(from, start, end, to, at);
};

/** Of one letter or digit. The converter handles words. */
export const writeBoolean: FastWriter = (from, start, end, to, at) => {
  const word = end - start === 1 ? BOOLEANS[from[start]!] : undefined;
  return word === undefined ? UNDECIDED : copy(word, 0, word.length, to, at);
};

export const writeEmail: FastWriter = (from, start, end, to, at) =>
  isCanonicalEmail(from, start, end) ? copy(from, start, end, to, at) : UNDECIDED;

export const writeSex: FastWriter = (from, start, end, to, at) => {
  const letter = from[start]! & UPPER;
  if (end - start !== 1 || (letter !== UPPER_F && letter !== UPPER_M)) return UNDECIDED;
  to[at] = letter;
  return at + 1;
};

export const writePhone: FastWriter = (from, start, end, to, at) =>
  isCanonicalPhone(from, start, end) ? copy(from, start, end, to, at) : UNDECIDED;

/** Writes a code of two letters in either case. The converter handles the rest of a locale. */
function codeWriter(codes: ReadonlySet<string>): FastWriter {
  const known = new Uint8Array(1 << 10);
  for (const code of codes) known[placeOf(code.charCodeAt(0), code.charCodeAt(1))] = 1;
  return (from, start, end, to, at) => {
    if (end - start !== 2 || !isLetter(from[start]!) || !isLetter(from[start + 1]!)) return UNDECIDED;
    if (known[placeOf(from[start]!, from[start + 1]!)] === 0) return UNDECIDED;
    to[at] = from[start]! & UPPER;
    to[at + 1] = from[start + 1]! & UPPER;
    return at + 2;
  };
}

/** Returns the index of two ASCII letters, from the last five bits of each. */
function placeOf(first: number, second: number): number {
  return ((first & 31) << 5) | (second & 31);
}

export const writeLanguage = codeWriter(LANGUAGE_CODES);
export const writeCountry = codeWriter(COUNTRY_CODES);

const TITLES = ['Mr', 'Mrs', 'Ms'].map((title) => Buffer.from(title));

export const writeTitle: FastWriter = (from, start, end, to, at) => {
  const title = TITLES.find((one) => from.compare(one, 0, one.length, start, end) === 0);
  return title === undefined ? UNDECIDED : copy(title, 0, title.length, to, at);
};

/** Returns the number of two digits; -1 if they are not digits. */
export function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]!;
  const ones = bytes[at + 1]!;
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : -1;
}

/** Copies byte by byte, because for so few bytes a call of copy() takes longer. */
export function copy(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  for (let i = start; i < end; i++) to[at++] = from[i]!;
  return at;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

function isLetter(byte: number): boolean {
  const upper = byte & UPPER;
  return upper >= 0x41 && upper <= 0x5a;
}
