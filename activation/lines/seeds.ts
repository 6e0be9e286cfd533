import xxhash from 'xxhash-wasm';
import type { Definition } from '../definition/definition.ts';

/** xxHash, ready to use; the WebAssembly inside is compiled once. */
export const hasher = await xxhash();

/**
 * One seed per mapped attribute, from the activation's secret seed and all that decides what is sent for it: when
 * the mapping or the profile table changes, every hash does, and the attribute is sent again.
 */
export function attributeSeeds(definition: Definition, seed: string): bigint[] {
  const { activation, destination } = definition;
  const target = [
    destination.environment ?? destination.baseUrl,
    destination.entity,
    destination.profileTable,
  ];
  return activation.attributes.map(({ attribute, nulls }) =>
    hasher.h64(
      JSON.stringify([target, activation.matchingKey.attribute, attribute, nulls]),
      BigInt.asUintN(64, BigInt(seed)),
    ),
  );
}
