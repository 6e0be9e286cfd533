import type { MatchingKey } from '../definition/activation.ts';
import { hasIdentifierColumn, type Activation } from '../definition/definition.ts';
import type { ColumnKind } from '../values/kinds.ts';
import { isLongerThan, NOT_TEXT } from '../values/text.ts';
import { canonicalEmail, MAX_KEY_LENGTH } from './email.ts';
import { hasInvisible, trimmed } from './invisible.ts';
import { canonicalPhone } from './phone.ts';
import type { KeyReject } from './rejects.ts';

/** Version of the rules in this folder. It is increased if a key may get another canonical spelling than before. */
export const KEY_RULES = 2;

export type KeyType = MatchingKey['type'];

/** What decides how a key is read. */
export interface KeyRule {
  type: KeyType;
  /** For a phone number: the country of numbers without a country code. */
  defaultCountry?: string;
  /** The kind of its column; a text if unknown. */
  kind?: ColumnKind;
}

/** A usable key in canonical spelling, or the reason why it is rejected. */
export type CanonicalKey = { key: string } | { reject: KeyReject };

/**
 * Returns the spelling with which a member is compared, stored and sent: two rows of the warehouse are the same member
 * exactly if their canonical keys are equal. A canonical key is its own canonical key. `text` is the warehouse's value;
 * null (no value) is `KeyMissing`.
 */
export function canonicalKey({ type, defaultCountry, kind }: KeyRule, text: string | null): CanonicalKey {
  if (text === null) return { reject: 'KeyMissing' };
  if (text.includes(NOT_TEXT)) return { reject: 'KeyNotText' };
  if (kind === 'decimal') {
    const whole = wholeNumber(text);
    return whole === null ? { reject: 'KeyNotWhole' } : canonicalKey({ type, defaultCountry }, whole);
  }
  if (type === 'email') return canonicalEmail(text);
  return type === 'phone' ? canonicalPhone(text, defaultCountry) : canonicalExternalId(text);
}

/**
 * Returns the rules of an activation's keys: the matching key, and the list's identifier if that is another column.
 * @param kinds the kinds of these columns, in the order of `columnsToRead`
 */
export function keyRules(activation: Activation, kinds: readonly ColumnKind[] = []): KeyRule[] {
  const { type, defaultCountry } = activation.matchingKey;
  const key: KeyRule = { type, defaultCountry, kind: kinds[0] };
  return hasIdentifierColumn(activation) ? [key, { type: 'externalId', kind: kinds[1] }] : [key];
}

const WHOLE = /^(-?\d+)(?:\.0*)?$/;

/** Converts a whole decimal number to an integer, `1001.00` to `1001`; null for any other text. */
export function wholeNumber(text: string): string | null {
  return WHOLE.exec(text)?.[1] ?? null;
}

/** Any unique attribute, including `profileId`: trimmed, otherwise unchanged (Actito compares it exactly). */
function canonicalExternalId(text: string): CanonicalKey {
  const key = trimmed(text);
  if (key === '') return { reject: 'KeyMissing' };
  if (isLongerThan(key, MAX_KEY_LENGTH)) return { reject: 'KeyTooLong' };
  if (/\p{Cc}/u.test(key)) return { reject: 'KeyHasControlCharacter' };
  if (hasInvisible(key)) return { reject: 'KeyHasInvisibleCharacter' };
  return { key };
}
