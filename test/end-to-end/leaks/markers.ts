/*
 * Markers that must be nowhere: each is found in any case, and shows its kind. Keys, values, literals of
 * queries, and secrets contain them, and the texts of servers repeat them.
 */

export const KEYS = ['qz7key.anna@shop.be', 'qz7key.bob@shop.be', 'qz7key.eve@shop.be'];
export const VALUE = 'Qz7Value Anna';
export const LITERAL = 'Qz7Literal';
export const SECRET = 'Qz7Secret';
/** The names of people, rows and databases if an error text quotes all at once. */
export const ALL = `${KEYS[0]} ${VALUE} ${LITERAL} ${SECRET}`;

const MARKER = /qz7(key|value|literal|secret)/gi;

/** The kinds of markers in a text, each once: `key`, `value`, `literal`, `secret`. */
export function markersIn(text: string): string[] {
  return [...new Set([...text.matchAll(MARKER)].map(([, kind]) => kind!.toLowerCase()))].sort();
}

/** An object as one text; payloads and bytes are decoded. */
export function decoded(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) => {
    if (held instanceof Uint8Array) return Buffer.from(held).toString();
    if (isBytes(held)) return Buffer.from(held.data).toString();
    if (typeof held === 'bigint') return held.toString();
    if (typeof held === 'string' && /^[A-Za-z0-9+/]{8,}={0,2}$/.test(held))
      return `${held} ${Buffer.from(held, 'base64').toString()}`;
    return held;
  });
}

function isBytes(held: unknown): held is { type: 'Buffer'; data: number[] } {
  return (held as { type?: unknown } | null)?.type === 'Buffer';
}
