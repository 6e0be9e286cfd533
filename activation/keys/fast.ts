/*
 * The fast path for millions of lines: nearly all keys in a warehouse are canonical already, and these byte loops
 * detect that without making a string. They may say no to a canonical key (then the slow path decides), but never yes
 * to another. test/activation/keys.test.ts compares them with canonicalKey.
 */
import type { KeyRule } from './canonical.ts';
import { MAX_KEY_LENGTH, MAX_LABEL_LENGTH } from './email.ts';
import { CALLING_CODES, certainNumber } from './number-plans.ts';

const NONE = 0;
const LETTER = 1;
const DIGIT = 2;
const HYPHEN = 3;
const DOT = 4;
const LOCAL_ONLY = 5;

const CLASS = new Uint8Array(256);
for (const char of 'abcdefghijklmnopqrstuvwxyz') CLASS[char.charCodeAt(0)] = LETTER;
for (const char of '0123456789') CLASS[char.charCodeAt(0)] = DIGIT;
for (const char of "!#$%&'*+/=?^_`{|}~") CLASS[char.charCodeAt(0)] = LOCAL_ONLY;
CLASS[0x2d] = HYPHEN;
CLASS[0x2e] = DOT;

/** The calling code, if known, by the first three digits of a number. */
const CODES = new Array<string | undefined>(1000).fill(undefined);
for (const code of CALLING_CODES) {
  const rest = 10 ** (3 - code.length);
  CODES.fill(code, Number(code) * rest, (Number(code) + 1) * rest);
}

const AT = 0x40;
const PLUS = 0x2b;
const ZERO = 0x30;
const SPACE = 0x20;
const TILDE = 0x7e;
const BACKSLASH = 0x5c;
const [LOWER_X, LOWER_N, DASH] = [0x78, 0x6e, 0x2d];

/** Whether the bytes `[start, end)` of a line in COPY's text format are already a canonical key. */
export type CanonicalTest = (bytes: Buffer, start: number, end: number) => boolean;

/** Returns the fast test for a rule of keys; false means that the slow path must decide. */
export function canonicalTest({ type, kind }: KeyRule): CanonicalTest {
  if (type === 'email') return isCanonicalEmail;
  if (type === 'phone') return isCanonicalPhone;
  return kind === 'decimal' ? isWholeNumber : isCanonicalExternalId;
}

/** True only if the bytes `[start, end)` are an e-mail address in canonical form. */
export function isCanonicalEmail(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > MAX_KEY_LENGTH) return false;
  let i = start;
  let previous = DOT; // as after a dot: neither part may begin with one
  for (; i < end && bytes[i] !== AT; i++) {
    const kind = CLASS[bytes[i]!]!;
    if (kind === NONE || (kind === DOT && previous === DOT)) return false;
    previous = kind;
  }
  if (i >= end || previous === DOT) return false;

  const domain = ++i;
  let label = domain;
  previous = DOT;
  for (; i < end; i++) {
    const kind = CLASS[bytes[i]!]!;
    if (kind === NONE || kind === LOCAL_ONLY) return false;
    if (kind === DOT) {
      if (previous === DOT || previous === HYPHEN || i - label > MAX_LABEL_LENGTH) return false;
      label = i + 1;
    } else if (kind === HYPHEN && (previous === DOT || isEncoded(bytes, label, i))) return false;
    previous = kind;
  }
  if (end - label > MAX_LABEL_LENGTH) return false;
  return label > domain && end - label >= 2 && previous !== HYPHEN && CLASS[bytes[label]!] === LETTER;
}

/** Whether a hyphen is the last character of `xn--`: the part that follows may be invalid in a domain. */
function isEncoded(bytes: Buffer, label: number, at: number): boolean {
  return (
    at - label === 3 && bytes[label] === LOWER_X && bytes[label + 1] === LOWER_N && bytes[label + 2] === DASH
  );
}

/**
 * True only if the bytes `[start, end)` are a phone number in E.164: `+` and 7 to 15 digits, beginning with a country's
 * calling code, followed by a number of that country's plan with only one reading.
 */
export function isCanonicalPhone(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 8 || end - start > 16 || bytes[start] !== PLUS) return false;
  for (let i = start + 1; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  const first = bytes[start + 1]! * 100 + bytes[start + 2]! * 10 + bytes[start + 3]! - 111 * ZERO;
  const code = CODES[first];
  return (
    code !== undefined && certainNumber(code).test(bytes.toString('latin1', start + 1 + code.length, end))
  );
}

/** True only if the bytes `[start, end)` are an external id in canonical form: printable ASCII, no outer blanks. */
function isCanonicalExternalId(bytes: Buffer, start: number, end: number): boolean {
  if (end <= start || end - start > MAX_KEY_LENGTH) return false;
  if (bytes[start] === SPACE || bytes[end - 1] === SPACE) return false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    // A backslash begins an escape of COPY's format (`\N` is null), so the bytes are not the text.
    if (byte < SPACE || byte > TILDE || byte === BACKSLASH) return false;
  }
  return true;
}

/** True only if the bytes `[start, end)` are a number without a point, perhaps with a sign. */
function isWholeNumber(bytes: Buffer, start: number, end: number): boolean {
  let i = bytes[start] === DASH ? start + 1 : start;
  if (i >= end || end - start > MAX_KEY_LENGTH) return false;
  for (; i < end; i++) if (bytes[i]! < ZERO || bytes[i]! > ZERO + 9) return false;
  return true;
}
