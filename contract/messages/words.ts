/* Phrases that several messages share. */

/** A number and its noun, which agree: `1 member`, `2 members`. */
export function counted(many: number, singular: string, plural = `${singular}s`): string {
  return `${many} ${many === 1 ? singular : plural}`;
}

/** A ratio as a percentage: `12.5 %`. */
export function percent(ratio: number, decimals = 1): string {
  const one = 10 ** decimals;
  return `${Math.round(ratio * 100 * one) / one} %`;
}

/** `, did you mean "name"?` if a known name is similar, otherwise `otherwise`: the end of a sentence. */
export function orNear(near: string | undefined, otherwise: string): string {
  return near === undefined ? otherwise : `, did you mean "${near}"?`;
}

/** The same, otherwise the known names, or nothing if there are none. */
export function orKnown(near: string | undefined, known: readonly string[]): string {
  return orNear(near, known.length === 0 ? '' : ` (known: ${known.join(', ')})`);
}

/** A duration as written in a setting. Exact, since `ms()` would round 25h to 1d. */
export function asSetting(milliseconds: number): string {
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const [unit, size] = Object.entries(units).find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}
