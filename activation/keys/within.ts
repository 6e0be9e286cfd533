import { canonicalEmail } from './email.ts';
import { hasInvisible } from './invisible.ts';
import { possiblePhones } from './phone.ts';

/*
 * Whose keys a text holds that is no key itself: `Anna <anna@shop.be>`, `anna@shop.be;other@x.be`, `0475 12 34 56 ext. 7`.
 * Nobody is matched by what is found here. It says whom an unusable key names, so that they can be erased with it.
 */

/** Between two things that a text lists, and around one. The second knows that `'` and `=` may be part of an address. */
const SEPARATORS = [/[\s,;:|<>()[\]{}"'`´‘’“”«»=/\\?&#!*]+/u, /[\s,;<>()"]+/u];
/** What punctuation leaves around a piece. */
const EDGES = /^[.\-_:'*]+|[.\-_:'*]+$/g;
const INVISIBLE = /[\p{Cf}\p{Cc}]/gu;
/** Enough for any text that a reject holds, and little enough for a text that was made to be slow. */
const LONGEST = 1_000;

/** A text as it is, without what nobody sees, without blanks, and as a URL writes it. */
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

/** The phone numbers that a text may hold, the doubtful ones too. */
export function phonesWithin(text: string, countries: readonly (string | undefined)[]): string[] {
  const pieces = dialledPieces(text);
  const found = countries.flatMap((country) => pieces.flatMap((piece) => possiblePhones(piece, country)));
  return [...new Set(found)];
}

/** What in a text may be dialled: seven digits or more, and what stands between them; also what comes before a slash. */
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

/** A number in scientific notation, in digits. */
function inFull(text: string): string[] {
  if (!/^\s*\d[.,]?\d*e\+?\d{1,2}\s*$/i.test(text)) return [];
  return [Number(text.replace(',', '.')).toFixed(0)];
}
