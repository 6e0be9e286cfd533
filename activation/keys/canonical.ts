import type { MatchingKey } from '../definition/activation.ts';
import { hasOwnIdentifier, type Activation } from '../definition/definition.ts';
import type { ColumnKind } from '../values/kinds.ts';
import { isLongerThan, NOT_TEXT } from '../values/text.ts';
import { canonicalEmail, MAX_KEY_LENGTH } from './email.ts';
import { hasInvisible, trimmed } from './invisible.ts';
import { canonicalPhone } from './phone.ts';
import type { KeyReject } from './rejects.ts';

/** Version of the rules of this folder: raised when a key may get another canonical spelling than before. */
export const KEY_RULES = 2;

export type KeyType = MatchingKey['type'];

/** All that decides how a key is read. */
export interface KeyRule {
  type: KeyType;
  /** For a phone number: the country of numbers without one. */
  defaultCountry?: string;
  /** What its column holds; as long as that is not known, a text. */
  kind?: ColumnKind;
}

/** A usable key in its one spelling, or why there is none. */
export type CanonicalKey = { key: string } | { reject: KeyReject };

/**
 * The one spelling under which a member is compared, stored and sent: two rows of the warehouse are the same member
 * exactly when their canonical keys are equal. Canonical keys are fixed points: they are their own canonical key.
 * `text` is the warehouse's value; null (no value) is `KeyMissing`.
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
 * How the keys of an activation are read: the matching key, and the list's identifier if that is another column.
 * @param kinds what these columns hold, in the order of `columnsToRead`
 */
export function keyRules(activation: Activation, kinds: readonly ColumnKind[] = []): KeyRule[] {
  const { type, defaultCountry } = activation.matchingKey;
  const key: KeyRule = { type, defaultCountry, kind: kinds[0] };
  return hasOwnIdentifier(activation) ? [key, { type: 'externalId', kind: kinds[1] }] : [key];
}

const WHOLE = /^(-?\d+)(?:\.0*)?$/;

/** A decimal number as the integer that it is, `1001.00` as `1001`; null: it is none. */
export function wholeNumber(text: string): string | null {
  return WHOLE.exec(text)?.[1] ?? null;
}

/** Any unique attribute, `profileId` included: trimmed, otherwise as it is (Actito compares it exactly). */
function canonicalExternalId(text: string): CanonicalKey {
  const key = trimmed(text);
  if (key === '') return { reject: 'KeyMissing' };
  if (isLongerThan(key, MAX_KEY_LENGTH)) return { reject: 'KeyTooLong' };
  if (/\p{Cc}/u.test(key)) return { reject: 'KeyHasControlCharacter' };
  if (hasInvisible(key)) return { reject: 'KeyHasInvisibleCharacter' };
  return { key };
}
