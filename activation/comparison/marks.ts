import xxhash from 'xxhash-wasm';
import type { AttributeMapping } from '../definition/activation.ts';
import type { ContractSettings } from '../definition/contract.ts';
import { profileTableOf, type Definition } from '../definition/definition.ts';
import { CONVERTER_VERSION } from '../values/convert.ts';
import { formatOf } from '../values/formats.ts';
import type { Column, ColumnKind } from '../values/kinds.ts';
import { escapeCopy } from '../values/copy.ts';
import { hashPiece, hashWithin } from './hash.ts';

/** xxHash, ready to use; the WebAssembly inside is compiled once. */
export const hasher = await xxhash();

/**
 * The seeds of an activation's marks, all derived from its secret seed. A key mark is two hashes of the canonical key,
 * 128 bits: two of a million members share one with a probability of 10⁻²⁷. An attribute mark compares one row with its
 * own last state: 64 bits, 5·10⁻²⁰.
 */
export interface Seeds {
  key: readonly [bigint, bigint];
  /** Of all values of a row together. Depends on everything that decides what is sent. */
  attributes: bigint;
  /** Of single values, one per mapped attribute. Each depends on everything that decides what is sent for it. */
  each: readonly bigint[];
}

/** @param columns the source's columns, one per mapped attribute; empty if no attribute is read (undo) */
export function seedsOf(definition: Definition, columns: readonly Column[], seed: string): Seeds {
  const { activation, destination } = definition;
  const secret = BigInt.asUintN(64, BigInt(seed));
  const derived = (...parts: unknown[]) => hasher.h64(JSON.stringify(parts), secret);
  const common = [
    profileTableOf(destination),
    activation.matchingKey.attribute,
    activation.matchingKey.defaultCountry,
    CONVERTER_VERSION,
    ...factsOfValues(destination.contract),
  ];
  const each = activation.attributes.map((mapping, index) => {
    const { attribute, nulls } = mapping;
    const kind = columns[index]?.kind;
    return [attribute, nulls, kind, ...placesOfValues(mapping, kind, destination.contract)];
  });
  return {
    key: keySeeds(seed),
    attributes: derived('attributes', common, each),
    each: each.map((one) => derived('attribute', common, one)),
  };
}

function factsOfValues({ emptyValue, lengthUnit, numberDigits }: ContractSettings): unknown[] {
  return [emptyValue, lengthUnit, numberDigits];
}

/**
 * The settings of a mapping that may decide what is sent: if they change, values are sent again. The attribute's type
 * in Actito is not known here, so some values are sent again without need.
 */
function placesOfValues(
  { attribute, timezone, defaultCountry, create }: AttributeMapping,
  kind: ColumnKind | undefined,
  { formats }: ContractSettings,
): unknown[] {
  const format = formatOf(attribute, formats);
  const isTime = kind === 'timestamp' || kind === 'timestamptz' || (kind === 'text' && format === undefined);
  const mayBePhone = format === 'phone' || (format === undefined && create === undefined && kind === 'text');
  return [format, isTime ? timezone : undefined, mayBePhone ? defaultCountry : undefined];
}

/** Returns the seeds of key marks. They depend only on the activation's seed, so keys keep their marks. */
export function keySeeds(seed: string): readonly [bigint, bigint] {
  const secret = BigInt.asUintN(64, BigInt(seed));
  return [hasher.h64('key', secret), hasher.h64('key again', secret)];
}

const HALVES = new BigUint64Array(2);
const BYTES = Buffer.from(HALVES.buffer);

/** Returns the mark of a canonical key, as PostgreSQL's uuid. */
export function keyMark(key: string, seeds: readonly [bigint, bigint]): string {
  const bytes = Buffer.from(escapeCopy(key));
  HALVES[0] = hasher.h64Raw(bytes, seeds[0]);
  HALVES[1] = hasher.h64Raw(bytes, seeds[1]);
  const hex = BYTES.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Returns the mark of a member's entry on the list, as PostgreSQL's bigint. For a key, it is the first half of the key
 * mark.
 */
export function identifierMark(identifier: string, seeds: readonly [bigint, bigint]): string {
  return BigInt.asIntN(64, hasher.h64Raw(Buffer.from(escapeCopy(identifier)), seeds[0])).toString();
}

/** Returns the checksum of a list: the sum of its identifier marks, modulo 2^64, as a text. */
export function checksumOf(...sums: bigint[]): string {
  return BigInt.asUintN(
    64,
    sums.reduce((total, sum) => total + sum, 0n),
  ).toString();
}

/** Counts and sums the identifiers of a list while it is streamed, as lines of COPY text. */
export class ListChecksum {
  members = 0;
  #sum = 0n;
  readonly #seed: bigint;

  constructor(seeds: readonly [bigint, bigint]) {
    this.#seed = seeds[0];
  }

  /** Adds whole lines. */
  add(lines: Uint8Array): void {
    let sum = 0n;
    hashWithin(lines);
    for (let start = 0, end: number; (end = lines.indexOf(10, start)) >= 0; start = end + 1) {
      sum += hashPiece(start, end, this.#seed);
      this.members++;
    }
    this.#sum = BigInt.asUintN(64, this.#sum + sum);
  }

  get checksum(): string {
    return this.#sum.toString();
  }
}
