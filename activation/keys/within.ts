import { canonicalEmail } from './email.ts';
import { hasInvisible } from './invisible.ts';
import { possiblePhones } from './phone.ts';

/*
 * Finds keys within a text that is no key itself: `Anna <anna@shop.be>`, `anna@shop.be;other@x.be`, `0475 12 34 56 ext.
 * 7`. The results are never used for matching. They show whom an unusable key names, so that those people can be erased
 * with it.
 */

/**
 * Separators between the items of a text, and around an item. In the second one, `'` and `=` may be part of an address.
 */
const SEPARATORS = [/[\s,;:|<>()[\]{}"'`´‘’“”«»=/\\?&#!*]+/u, /[\s,;<>()"]+/u];
/** Punctuation around a piece. */
const EDGES = /^[.\-_:'*]+|[.\-_:'*]+$/g;
const INVISIBLE = /[\p{Cf}\p{Cc}]/gu;
/** Enough for any text in a reject, and little enough for a text that was made to be slow. */
const LONGEST = 1_000;

/** A text unchanged, without invisible characters, without blanks, and in URL encoding. */
function variants(text: string): string[] {
  const short = text.slice(0, LONGEST).normalize('NFKC');
  const seen = hasInvisible(short) || /\p{Cc}/u.test(short) ? [short.replace(INVISIBLE, '')] : [];
  const all = [short, ...seen, short.replace(/\s+/g, '')];
  return [...all, ...(short.includes('%') ? [decoded(short)] : [])];
}

function decoded(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** The pieces of a text, between its separators. */
export function piecesOf(text: string): string[] {
  const pieces = variants(text).flatMap((one) => SEPARATORS.flatMap((separator) => one.split(separator)));
  return [...new Set(pieces.flatMap((piece) => [piece, piece.replace(EDGES, '')]))].filter(
    (piece) => piece !== '',
  );
}

/** The e-mail addresses in a text, in canonical form. */
export function emailsWithin(text: string): string[] {
  const found = piecesOf(text)
    .filter((piece) => piece.includes('@'))
    .map(canonicalEmail);
  return [...new Set(found.flatMap((canonical) => ('key' in canonical ? [canonical.key] : [])))];
}

/** Returns the phone numbers that a text may contain, including doubtful ones. */
export function phonesWithin(text: string, countries: readonly (string | undefined)[]): string[] {
  const pieces = dialledPieces(text);
  const found = countries.flatMap((country) => pieces.flatMap((piece) => possiblePhones(piece, country)));
  return [...new Set(found)];
}

/**
 * Returns the parts of a text that may be dialed: seven digits or more, with their separators; also the part before a
 * slash.
 */
export function dialledPieces(text: string): string[] {
  const pieces = variants(text).flatMap((one) => [
    one,
    ...one.split(/[^\d+\s().\-/]+/),
    ...one.split(/[^\d+\s.\-]+/),
    ...one.split(/[.,]\d{1,2}\D*$/),
    ...inFull(one),
  ]);
  const trimmed = pieces.map((piece) => piece.replace(/^[^\d+(]+|[^\d]+$/g, ''));
  return [...new Set(trimmed)].filter((piece) => piece.replace(/\D/g, '').length >= 7);
}

/** Writes out a number in scientific notation. */
function inFull(text: string): string[] {
  if (!/^\s*\d[.,]?\d*e\+?\d{1,2}\s*$/i.test(text)) return [];
  return [Number(text.replace(',', '.')).toFixed(0)];
}
