import { hashWithin } from './hash.ts';
import type { SourceLines } from './source-lines.ts';

/** What the profile directory knows of a key: the id of its profile, no profile, or several profiles. */
export type Profile = { id: string } | 'none' | 'several';

/** The maximum number of rows, and of their bytes, that wait for answers. One batch may exceed them. */
const MOST_ROWS = 8192;
const MOST_BYTES = 4_000_000;
/** A field without a value. */
const NOTHING = Buffer.from('\\N');

/** Sets the identifier of a line to a field of COPY text, by default to null. */
export function setIdentifier({ identifier }: SourceLines, bytes: Buffer = NOTHING): void {
  identifier.bytes = bytes;
  identifier.start = 0;
  identifier.end = bytes.length;
}

/** The identifier of a line; null: it has none. */
export function identifierText({ identifier }: SourceLines): string | null {
  return identifier.end === 0 || identifier.bytes === NOTHING ? null : identifier.text;
}

/**
 * Rows that cannot be compared before the profile directory was asked for their keys. The directory is in a database,
 * so many keys are asked at once.
 */
export class AskedRows {
  /** The keys to ask for, in the order of the rows. */
  keys: string[] = [];
  #lines = Buffer.alloc(0);
  #filled = 0;

  /** Whether so many rows wait that their keys should be looked up. */
  get areMany(): boolean {
    return this.keys.length >= MOST_ROWS || this.#filled >= MOST_BYTES;
  }

  /** Stores the current row of `lines`. Its bytes are copied. */
  add(lines: SourceLines): void {
    const line = lines.canonicalLine();
    if (this.#filled + line.length > this.#lines.length) {
      const larger = Buffer.allocUnsafe(Math.max(262_144, 2 * (this.#filled + line.length)));
      this.#lines.copy(larger, 0, 0, this.#filled);
      this.#lines = larger;
    }
    this.#filled += line.copy(this.#lines, this.#filled);
    this.keys.push(lines.key.text);
  }

  /** Removes all rows and gives each to `row`, with its answer. The current row of `lines` is that row. */
  answer(
    lines: SourceLines,
    profiles: readonly Profile[],
    row: (profile: Profile, line: Buffer) => void,
  ): void {
    const bytes = this.#lines.subarray(0, this.#filled);
    this.keys = [];
    this.#filled = 0;
    hashWithin(bytes);
    let start = 0;
    for (const profile of profiles) {
      lines.split(bytes, start);
      lines.canonicalize();
      row(profile, bytes.subarray(start, lines.end));
      start = lines.end;
    }
  }
}
