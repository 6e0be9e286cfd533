import { escapeCopy, unescapeCopy } from '../values/copy.ts';
import { canonicalKey, type KeyRule } from './canonical.ts';
import { canonicalTest } from './fast.ts';

const TAB = 9;
const NEWLINE = 10;
const NO_KEY = '\\N';

/** Profiles in COPY text, and how many of them have a key that cannot be used. */
export interface ProfileLines {
  lines: Buffer;
  profiles: number;
  unusable: number;
  /** The ids of those whose owners asked to be forgotten. */
  unwanted: string[];
}

/**
 * Makes the keys of profiles canonical. Works on bytes: lines that are canonical already, which are nearly all, are
 * copied in one piece.
 */
export class ProfileKeys {
  readonly #rule: KeyRule;
  readonly #isCanonical: ReturnType<typeof canonicalTest>;
  readonly #isUnwanted: (text: string) => boolean;

  /**
   * @param isUnwanted whether a profile with this canonical key, or with this id, must not be stored, because its owner
   *   asked to be forgotten
   */
  constructor(rule: KeyRule, isUnwanted?: (text: string) => boolean) {
    this.#rule = rule;
    // A check of every key needs its text, so nothing is gained by the bytes.
    this.#isCanonical = isUnwanted ? () => false : canonicalTest(rule);
    this.#isUnwanted = isUnwanted ?? (() => false);
  }

  /**
   * @param batch whole lines of COPY text: profile id, key as the export spells it
   * @returns the same profiles with canonical keys; `\N` for a key that is missing or cannot be used
   */
  canonical(batch: Buffer): ProfileLines {
    const pieces: Buffer[] = [];
    const unwanted: string[] = [];
    let [from, profiles, unusable] = [0, 0, 0];
    for (let start = 0, end = 0; start < batch.length; start = end + 1) {
      end = batch.indexOf(NEWLINE, start);
      const key = batch.indexOf(TAB, start) + 1;
      profiles++;
      if (this.#isCanonical(batch, key, end)) continue;
      const said = unescapeCopy(batch.toString('utf8', key, end));
      const read = canonicalKey(this.#rule, said);
      if ('reject' in read && said !== null) unusable++;
      const id = unescapeCopy(batch.toString('utf8', start, key - 1)) ?? '';
      const isUnwanted = this.#isUnwanted(id) || ('key' in read && this.#isUnwanted(read.key));
      if (isUnwanted) unwanted.push(id);
      else if ('key' in read ? read.key === said : said === null) continue;
      const field = 'key' in read && !isUnwanted ? escapeCopy(read.key) : NO_KEY;
      pieces.push(batch.subarray(from, key), Buffer.from(`${field}\n`));
      from = end + 1;
    }
    const lines = from === 0 ? batch : Buffer.concat([...pieces, batch.subarray(from)]);
    return { lines, profiles, unusable, unwanted };
  }
}
