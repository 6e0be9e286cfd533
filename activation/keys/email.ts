import { isLongerThan } from '../values/text.ts';
import type { KeyReject } from './rejects.ts';

/** Actito's limit on texts (developers.actito.com: String ≤ 255). */
export const MAX_KEY_LENGTH = 255;

// The local part of RFC 5322 without quotes and comments: Actito wants ASCII and no consecutive dots.
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
// Actito asks for ASCII in the local part only, so internationalised domains are let through.
const DOMAIN_LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u;
const SUFFIX = /^\p{L}[^]/u;
const NOT_ASCII = /[^\0-\x7f]/;

/**
 * The one spelling of an e-mail address under which a member is known: trimmed and in lower case, since Actito
 * matches addresses without regard to case. Rules of Actito's documentation: ASCII local part, a domain with a
 * suffix of at least two characters, no consecutive dots.
 */
export function canonicalEmail(text: string): { key: string } | { reject: KeyReject } {
  const trimmed = text.trim();
  if (trimmed === '') return { reject: 'KeyMissing' };
  const at = trimmed.indexOf('@');
  const local = trimmed.slice(0, Math.max(at, 0));
  // Before lower-casing: that would turn a few foreign letters (K, the Kelvin sign) into ASCII ones.
  if (NOT_ASCII.test(local)) return { reject: 'KeyNotAscii' };
  const domain = trimmed
    .slice(at + 1)
    .toLowerCase()
    .normalize('NFC');
  const key = `${local.toLowerCase()}@${domain}`;
  if (isLongerThan(key, MAX_KEY_LENGTH)) return { reject: 'KeyTooLong' };
  return LOCAL_PART.test(local.toLowerCase()) && isDomain(domain) ? { key } : { reject: 'KeyMalformed' };
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  return (
    labels.length >= 2 &&
    labels.every((label) => DOMAIN_LABEL.test(label)) &&
    SUFFIX.test(labels[labels.length - 1]!)
  );
}
