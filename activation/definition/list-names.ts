import { hasInvisibleButJoiners } from '../keys/invisible.ts';

/** Why a name is not allowed for a list or its file. */
export type NameFault =
  'blank' | 'control' | 'invisible' | 'separator' | 'dots' | 'hidden' | 'reserved' | 'long';

/** Our temporary names are up to 40 bytes longer than a file's, and file systems allow 255. */
export const MOST_NAME_BYTES = 200;

/** Windows treats these as devices, with any extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])\s*(?:\..*)?$/is;
const NO_CHARACTER = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Returns what is wrong with the name of a list or file where it is shown or stored; undefined if nothing is. */
export function nameFault(name: string, what: 'list' | 'file'): NameFault | undefined {
  if (NO_CHARACTER.test(name)) return 'control';
  if (hasInvisibleButJoiners(name)) return 'invisible';
  if (name.trim() !== name || name === '') return 'blank';
  // Some programs normalize a full-width slash to a slash. On Windows, a colon begins a stream of a file.
  const separators = what === 'file' ? /[/\\:]/ : /[/\\]/;
  if (separators.test(name.normalize('NFKC'))) return 'separator';
  if (name.includes('..') || name === '.') return 'dots';
  // Until a delivery is complete, our own files are hidden, too.
  if (what === 'file' && name.startsWith('.')) return 'hidden';
  if (RESERVED.test(name)) return 'reserved';
  return Buffer.byteLength(name) > MOST_NAME_BYTES ? 'long' : undefined;
}

/**
 * Normalizes a name, so that names are equal if a database or a file server may treat them as equal: ignores case,
 * accents and their encoding, blanks, invisible characters, and dots at the end.
 */
export function alike(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .toUpperCase() // lower, upper, lower again: makes ß equal to SS, and ς to σ
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]|\p{Cf}/gu, '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .replace(/^\s+|[\s.]+$/g, '');
}
