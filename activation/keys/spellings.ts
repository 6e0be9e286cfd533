import { canonicalKey, type KeyRule } from './canonical.ts';

/**
 * All canonical spellings that a text has under any kind of matching key, `countries` being those whose phone numbers
 * may be written without a code. Empty for a text that no activation could use as a key or list identifier.
 */
export function spellingsOf(text: string, countries: readonly (string | undefined)[]): string[] {
  const rules: KeyRule[] = [
    { type: 'externalId' },
    { type: 'email' },
    ...[undefined, ...countries].map((country) => ({ type: 'phone' as const, country })),
  ];
  const found = rules.map((rule) => canonicalKey(rule, text));
  return [...new Set(found.flatMap((canonical) => ('key' in canonical ? [canonical.key] : [])))];
}
