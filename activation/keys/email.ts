import { toASCII, toUnicode } from 'tr46';
import { isLongerThan } from '../values/text.ts';
import { hasInvisible, hasInvisibleButJoiners, trimmed } from './invisible.ts';
import type { KeyReject } from './rejects.ts';

/** Actito's limit on texts (developers.actito.com: String ≤ 255). */
export const MAX_KEY_LENGTH = 255;
/** DNS's limit for the part between two dots, in ASCII. */
export const MAX_LABEL_LENGTH = 63;

// The local part of RFC 5322 without quotes and comments: Actito requires ASCII and no consecutive dots.
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** The characters of a domain. */
const DOMAIN = /^[\p{L}\p{N}\p{M}\u200c\u200d.\u3002\uff0e\uff61-]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SUFFIX = /^[a-z][^]/;
const NOT_ASCII = /[^\0-\x7f]/;
/**
 * The same rules as in browsers and mail servers. The tables are a library's, because Node 20 and 24 have different
 * versions of Unicode, so a key would depend on Node's version.
 */
const UTS46 = { checkBidi: true, checkJoiners: true };
/** Already ASCII, and without encoded parts. */
const PLAIN = /^(?!(?:.*\.)?xn--)[\0-\x7f]*$/s;

/**
 * Returns the canonical spelling of an e-mail address: trimmed and in lower case, because Actito ignores case, and with
 * the domain in ASCII, as mail servers use it (UTS 46). The rules are from Actito's documentation: ASCII local part, a
 * domain with a suffix of at least two characters, no consecutive dots.
 */
export function canonicalEmail(text: string): { key: string } | { reject: KeyReject } {
  const address = trimmed(text);
  if (address === '') return { reject: 'KeyMissing' };
  const at = address.indexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  const domain = address.slice(at + 1);
  if (hasInvisible(local) || hasInvisibleButJoiners(domain)) return { reject: 'KeyHasInvisibleCharacter' };
  // Checked before converting to lower case, which would turn a few foreign letters (K, the Kelvin sign) into ASCII
  // ones.
  if (NOT_ASCII.test(local)) return { reject: 'KeyNotAscii' };
  const ascii = asciiDomain(domain);
  const key = `${local.toLowerCase()}@${ascii ?? domain}`;
  if (isLongerThan(key, MAX_KEY_LENGTH)) return { reject: 'KeyTooLong' };
  if (ascii !== null && LOCAL_PART.test(local.toLowerCase()) && isDomain(ascii)) return { key };
  return { reject: hasInvisible(domain) ? 'KeyHasInvisibleCharacter' : 'KeyMalformed' };
}

/** Null if it is no domain. */
function asciiDomain(domain: string): string | null {
  const lower = domain.toLowerCase();
  if (PLAIN.test(lower)) return lower;
  // Not from `lower`: JavaScript makes a final sigma of the last one of a word, which is another letter in a domain.
  if (!DOMAIN.test(domain)) return null;
  const ascii = toASCII(domain, UTS46);
  return ascii?.split('.').every(isReadable) ? ascii : null;
}

/** Whether the encoded part of a label contains more than ASCII. */
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
