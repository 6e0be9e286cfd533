import { hasInvisibleButJoiners } from '../keys/invisible.ts';

/** Why a list or its file cannot have a name. */
export type NameFault =
  'blank' | 'control' | 'invisible' | 'separator' | 'dots' | 'hidden' | 'reserved' | 'long';

/** Our temporary names add up to 40 bytes to a file's, and file systems take 255. */
export const MOST_NAME_BYTES = 200;

/** Windows takes these for devices, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])\s*(?:\..*)?$/is;
const NO_CHARACTER = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What is wrong with the name of a list, or of a file, where it is shown or stored; undefined: nothing. */
export function nameFault(name: string, what: 'list' | 'file'): NameFault | undefined {
  if (NO_CHARACTER.test(name)) return 'control';
  if (hasInvisibleButJoiners(name)) return 'invisible';
  if (name.trim() !== name || name === '') return 'blank';
  // A full-width slash is one for whoever normalizes names; a colon begins a stream of a file on Windows.
  const separators = what === 'file' ? /[/\\:]/ : /[/\\]/;
  if (separators.test(name.normalize('NFKC'))) return 'separator';
  if (name.includes('..') || name === '.') return 'dots';
  // Ours, until a delivery is complete, are hidden files too.
  if (what === 'file' && name.startsWith('.')) return 'hidden';
  if (RESERVED.test(name)) return 'reserved';
  return Buffer.byteLength(name) > MOST_NAME_BYTES ? 'long' : undefined;
}

/**
 * What two names have in common that a database or a file server may take for one: without regard to case, accents and how
 * they are encoded, blanks, invisible characters, and dots at the end.
 */
export function alike(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .toUpperCase() // between two: ß and SS, ς and σ
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]|\p{Cf}/gu, '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .replace(/^\s+|[\s.]+$/g, '');
}
