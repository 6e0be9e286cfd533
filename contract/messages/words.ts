/* Turns of phrase that several messages share. */

/** `, did you mean "name"?` when a known word is near, otherwise `otherwise`: the end of a sentence. */
export function orNear(near: string | undefined, otherwise: string): string {
  return near === undefined ? otherwise : `, did you mean "${near}"?`;
}
