import { domainToUnicode } from 'node:url';
import { canonicalKey, wholeNumber, type KeyRule } from './canonical.ts';
import { dialledPieces, emailsWithin, phonesWithin, piecesOf } from './within.ts';

type Countries = readonly (string | undefined)[];

/**
 * Returns all spellings of a text as the key or list identifier of one person, with any kind of matching key.
 * `countries` are those whose phone numbers may be written without a country code. Empty for a text that no activation
 * can use.
 */
export function spellingsOf(text: string, countries: Countries): string[] {
  const emails = keyOf({ type: 'email' }, text);
  const only = emails.length === 0 ? emailsWithin(text) : [];
  const phones = [undefined, ...countries].flatMap((country) =>
    keyOf({ type: 'phone', defaultCountry: country }, text),
  );
  return unique([
    ...keyOf({ type: 'externalId' }, text),
    ...wholeOf(text),
    ...[...emails, ...(only.length === 1 ? only : [])].flatMap(inUnicodeToo),
    ...phones.flatMap(formerToo),
  ]);
}

/**
 * Returns what else identifies a person if the country of a phone number is unknown: its last digits. They are no
 * spelling of a key, and a control character marks them, so they cannot be one.
 */
export function hintsOf(text: string, countries: Countries): string[] {
  const phones = [undefined, ...countries].flatMap((country) =>
    keyOf({ type: 'phone', defaultCountry: country }, text),
  );
  return unique(phones.map(lastDigits));
}

/**
 * Returns the spellings and hints of everyone whom a text may name. The text may be no key at all: `Anna
 * <anna@shop.be>`. Only for finding what must be erased, never for matching.
 */
export function peopleWithin(text: string, countries: Countries): string[] {
  const pieces = piecesOf(text);
  return unique([
    ...spellingsOf(text, countries),
    ...pieces.flatMap((piece) => [...keyOf({ type: 'externalId' }, piece), ...wholeOf(piece)]),
    ...emailsWithin(text).flatMap(inUnicodeToo),
    ...phonesWithin(text, [undefined, ...countries]).flatMap(formerToo),
    ...dialledPieces(text)
      .filter((piece) => !piece.startsWith('+'))
      .map(lastDigits),
  ]);
}

/** A key of a decimal column, as its database writes it. */
function wholeOf(text: string): string[] {
  const whole = wholeNumber(text.trim());
  return whole === null ? [] : [whole];
}

/** A list identifier has the source's spelling, and so does a key that was stored with older rules. */
function inUnicodeToo(email: string): string[] {
  const at = email.indexOf('@') + 1;
  return [email, email.slice(0, at) + domainToUnicode(email.slice(at))];
}

/** A Mexican number with the 1 that was dialed until 2019. */
function formerToo(phone: string): string[] {
  return /^\+52\d{10}$/.test(phone) ? [phone, `+521${phone.slice(3)}`] : [phone];
}

function lastDigits(phone: string): string {
  return `\0phone …${phone.replace(/\D/g, '').slice(-7)}`;
}

function keyOf(rule: KeyRule, text: string): string[] {
  const canonical = canonicalKey(rule, text);
  return 'key' in canonical ? [canonical.key] : [];
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)];
}
