import { canonicalKey, type KeyRule } from '../keys/canonical.ts';
import { canonicalTest, type CanonicalTest } from '../keys/fast.ts';
import { unescapeCopy } from '../values/copy.ts';
import { hasher } from './seeds.ts';

const TAB = 9;
const NEWLINE = 10;
const BACKSLASH = 92;
const LETTER_N = 78;
const LETTER_X = 120;
/** The two hexadecimal digits of each byte value, as one number. */
const HEX = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(byte.toString(16).padStart(2, '0')).readUInt16BE(),
);
/** One hash, as a number and as its bytes. */
const HASH = new BigUint64Array(1);
const HASH_BYTES = new Uint8Array(HASH.buffer);

export interface EncoderOptions {
  /** The activation's matching key. */
  matchingKey: KeyRule;
  /** The list holds another column than the key: the second field of every line. */
  ownIdentifier: boolean;
  /** One per mapped attribute; see attributeSeeds. */
  seeds: bigint[];
  /** Called for a row that cannot be used; `key` is what the source said. */
  onReject: (key: string, reason: string) => void;
}

/**
 * Turns the lines of a segment (COPY text: key, [identifier,] values) into lines of the stage (canonical key,
 * identifier, hashes, values), batch by batch. Works on bytes: an object per row would cost several times more.
 * Only a key that is not canonical yet is decoded.
 */
export class LineEncoder {
  /** Lines read, and rows rejected, so far. */
  read = 0;
  rejected = 0;
  readonly #options: EncoderOptions;
  /** How the key, and a list identifier of its own, are read. */
  readonly #keys: KeyRule[];
  readonly #tests: CanonicalTest[];
  readonly #fields: number;
  /** Where each field of the current line starts; the last entry is one past the line. */
  readonly #starts: Int32Array;
  #sum = 0n;

  constructor(options: EncoderOptions) {
    this.#options = options;
    const { matchingKey, ownIdentifier } = options;
    this.#keys = ownIdentifier ? [matchingKey, { type: 'externalId' }] : [matchingKey];
    this.#tests = this.#keys.map(({ type }) => canonicalTest(type));
    this.#fields = this.#keys.length + options.seeds.length;
    this.#starts = new Int32Array(this.#fields + 1);
  }

  /**
   * Says whether two reads gave the same rows, whatever their order: number of rows and sum of their hashes. Depends
   * on keys, identifiers, values, mapping and the activation's seed.
   */
  fingerprint(): string {
    return `${this.read - this.rejected}:${this.#sum.toString(16)}`;
  }

  /** Encodes one batch of whole lines. */
  encode(batch: Buffer): Buffer {
    const { seeds, ownIdentifier } = this.#options;
    const perLine = 16 * seeds.length + 16;
    let out = Buffer.allocUnsafe(batch.length * 2 + perLine * 64);
    const bytes = new Uint8Array(batch.buffer, batch.byteOffset, batch.length); // its slices are cheaper than Buffer's
    let at = 0;
    for (let line = 0; line < batch.length; line = this.#starts[this.#fields]!) {
      this.#split(batch, line);
      this.read++;
      const end = this.#starts[this.#fields]!;
      // Rewriting (escapes, a country code) at most doubles a key; the rest is copied or has a fixed size.
      const needed = at + 2 * (end - line) + perLine;
      if (needed > out.length) out = Buffer.concat([out.subarray(0, at)], needed * 2);
      const start = at;
      at = this.#writeKey(batch, out, 0, at);
      if (at >= 0 && ownIdentifier) at = this.#writeKey(batch, out, 1, at);
      else if (at >= 0) at = writeNull(out, at);
      if (at < 0) {
        this.rejected++;
        at = start;
        continue;
      }
      at = this.#writeHashes(bytes, out, at);
      this.#sum = BigInt.asUintN(64, this.#sum + hasher.h64Raw(out.subarray(start, at), seeds[0] ?? 0n));
      at = this.#writeValues(batch, out, at);
    }
    return out.subarray(0, at);
  }

  #split(batch: Buffer, line: number): void {
    const starts = this.#starts;
    let field = 0;
    let at = line;
    starts[0] = line;
    for (; at < batch.length; at++) {
      const byte = batch[at]!;
      if (byte === TAB) starts[++field] = at + 1;
      else if (byte === NEWLINE) break;
    }
    if (field !== this.#fields - 1 || at === batch.length) {
      throw new Error(`The source sent a line of ${field + 1} fields instead of ${this.#fields}.`);
    }
    starts[this.#fields] = at + 1;
  }

  /** Writes a canonical key and a tab; returns where to go on, or -1 when the row was rejected. */
  #writeKey(batch: Buffer, out: Buffer, field: number, at: number): number {
    const start = this.#starts[field]!;
    const end = this.#starts[field + 1]! - 1;
    if (this.#tests[field]!(batch, start, end)) {
      for (let from = start; from < end; from++) out[at++] = batch[from]!;
    } else {
      const canonical = canonicalKey(this.#keys[field]!, unescapeCopy(batch.toString('utf8', start, end)));
      if ('reject' in canonical) {
        this.#options.onReject(
          this.#keyText(batch),
          field === 0 ? canonical.reject : `Identifier${canonical.reject}`,
        );
        return -1;
      }
      at += out.write(canonical.key.replaceAll('\\', '\\\\'), at, 'utf8');
    }
    out[at++] = TAB;
    return at;
  }

  #keyText(batch: Buffer): string {
    return unescapeCopy(batch.toString('utf8', this.#starts[0], this.#starts[1]! - 1)) ?? '';
  }

  #writeHashes(bytes: Uint8Array, out: Buffer, at: number): number {
    const { seeds } = this.#options;
    const first = this.#fields - seeds.length;
    out[at++] = BACKSLASH; // `\\\\x` begins a bytea
    out[at++] = BACKSLASH;
    out[at++] = LETTER_X;
    for (let index = 0; index < seeds.length; index++) {
      const field = bytes.subarray(this.#starts[first + index], this.#starts[first + index + 1]! - 1);
      HASH[0] = hasher.h64Raw(field, seeds[index]);
      for (let byte = 0; byte < 8; byte++) {
        const digits = HEX[HASH_BYTES[byte]!]!;
        out[at++] = digits >>> 8;
        out[at++] = digits & 0xff;
      }
    }
    return at;
  }

  /** The values as they came, with the tab before and the newline after. */
  #writeValues(batch: Buffer, out: Buffer, at: number): number {
    const first = this.#starts[this.#fields - this.#options.seeds.length]!;
    const end = this.#starts[this.#fields]!;
    out[at++] = this.#options.seeds.length > 0 ? TAB : NEWLINE;
    return this.#options.seeds.length > 0 ? at + batch.copy(out, at, first, end) : at;
  }
}

function writeNull(out: Buffer, at: number): number {
  out[at++] = BACKSLASH;
  out[at++] = LETTER_N;
  out[at++] = TAB;
  return at;
}
