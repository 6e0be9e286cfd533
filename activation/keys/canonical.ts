import type { MatchingKey } from '../definition/activation.ts';
import { isLongerThan } from '../values/text.ts';
import { canonicalEmail, MAX_KEY_LENGTH } from './email.ts';
import { canonicalPhone } from './phone.ts';
import type { KeyReject } from './rejects.ts';

/** Version of the rules of this folder: raised when a key may get another canonical spelling than before. */
export const KEY_RULES = 1;

export type KeyType = MatchingKey['type'];

/** All that decides how a key is read: its type, and for a phone number the country of numbers without one. */
export type KeyRule = Pick<MatchingKey, 'type' | 'country'>;

/** A usable key in its one spelling, or why there is none. */
export type CanonicalKey = { key: string } | { reject: KeyReject };

/**
 * The one spelling under which a member is compared, stored and sent: two rows of the warehouse are the same member
 * exactly when their canonical keys are equal. Canonical keys are fixed points: they are their own canonical key.
 * `text` is the warehouse's value; null (no value) is `KeyMissing`.
 */
export function canonicalKey({ type, country }: KeyRule, text: string | null): CanonicalKey {
  if (text === null) return { reject: 'KeyMissing' };
  if (type === 'email') return canonicalEmail(text);
  return type === 'phone' ? canonicalPhone(text, country) : canonicalExternalId(text);
}

/** Any unique attribute, `profileId` included: trimmed, otherwise as it is (Actito compares it exactly). */
function canonicalExternalId(text: string): CanonicalKey {
  const key = text.trim();
  if (key === '') return { reject: 'KeyMissing' };
  if (isLongerThan(key, MAX_KEY_LENGTH)) return { reject: 'KeyTooLong' };
  if (/\p{Cc}/u.test(key)) return { reject: 'KeyHasControlCharacter' };
  return { key };
}
