/* Turns of phrase that several messages share. */

/** `, did you mean "name"?` when a known word is near, otherwise `otherwise`: the end of a sentence. */
export function orNear(near: string | undefined, otherwise: string): string {
  return near === undefined ? otherwise : `, did you mean "${near}"?`;
}

/** The same, otherwise the known words, or nothing when there are none. */
export function orKnown(near: string | undefined, known: readonly string[]): string {
  return orNear(near, known.length === 0 ? '' : ` (known: ${known.join(', ')})`);
}

/** A duration as a setting takes it, exact: `ms()` would round 25h to 1d. */
export function asSetting(milliseconds: number): string {
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const [unit, size] = Object.entries(units).find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}
