import { toASCII, toUnicode } from 'tr46';
import { isLongerThan } from '../values/text.ts';
import { hasInvisible, hasInvisibleButJoiners, trimmed } from './invisible.ts';
import type { KeyReject } from './rejects.ts';

/** Actito's limit on texts (developers.actito.com: String ≤ 255). */
export const MAX_KEY_LENGTH = 255;
/** DNS's limit on what stands between two dots, in ASCII. */
export const MAX_LABEL_LENGTH = 63;

// The local part of RFC 5322 without quotes and comments: Actito wants ASCII and no consecutive dots.
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** What a domain can be written with. */
const DOMAIN = /^[\p{L}\p{N}\p{M}\u200c\u200d.\u3002\uff0e\uff61-]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SUFFIX = /^[a-z][^]/;
const NOT_ASCII = /[^\0-\x7f]/;
/** As browsers and mail servers do. A library's tables: those of Node 20 and 24 are of different versions of Unicode, so that a key would depend on Node's. */
const UTS46 = { checkBidi: true, checkJoiners: true };
/** In ASCII already, and nothing to decode. */
const PLAIN = /^(?!(?:.*\.)?xn--)[\0-\x7f]*$/s;

/**
 * The one spelling of an e-mail address under which a member is known: trimmed and in lower case, since Actito
 * matches addresses without regard to case, and its domain as mail servers know it, in ASCII (UTS 46). Rules of Actito's
 * documentation: ASCII local part, a domain with a suffix of at least two characters, no consecutive dots.
 */
export function canonicalEmail(text: string): { key: string } | { reject: KeyReject } {
  const address = trimmed(text);
  if (address === '') return { reject: 'KeyMissing' };
  const at = address.indexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  const domain = address.slice(at + 1);
  if (hasInvisible(local) || hasInvisibleButJoiners(domain)) return { reject: 'KeyHasInvisibleCharacter' };
  // Before lower-casing: that would turn a few foreign letters (K, the Kelvin sign) into ASCII ones.
  if (NOT_ASCII.test(local)) return { reject: 'KeyNotAscii' };
  const ascii = asciiDomain(domain);
  const key = `${local.toLowerCase()}@${ascii ?? domain}`;
  if (isLongerThan(key, MAX_KEY_LENGTH)) return { reject: 'KeyTooLong' };
  if (ascii !== null && LOCAL_PART.test(local.toLowerCase()) && isDomain(ascii)) return { key };
  return { reject: hasInvisible(domain) ? 'KeyHasInvisibleCharacter' : 'KeyMalformed' };
}

/** Null: it is no domain. */
function asciiDomain(domain: string): string | null {
  const lower = domain.toLowerCase();
  if (PLAIN.test(lower)) return lower;
  // Not of `lower`: JavaScript makes a final sigma of the last one of a word, which is another letter in a domain.
  if (!DOMAIN.test(domain)) return null;
  const ascii = toASCII(domain, UTS46);
  return ascii?.split('.').every(isReadable) ? ascii : null;
}

/** Whether what a label encodes is more than it says in ASCII anyway. */
function isReadable(label: string): boolean {
  return !label.startsWith('xn--') || NOT_ASCII.test(toUnicode(label, UTS46).domain);
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  return (
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    SUFFIX.test(labels[labels.length - 1]!)
  );
}
