import { nearest } from '../activation/suggestion.ts';

/** A table that the user of the warehouse may read. */
export interface KnownTable {
  schema: string;
  name: string;
  /** Whether the name alone finds it, without its schema. */
  isVisible: boolean;
}

/** Returns the name of the table that was probably meant by one that does not exist; it may be in another schema. */
export function nearestTable(table: string, known: readonly KnownTable[]): string | undefined {
  const whole = known.map(({ schema, name }) => `${schema}.${name}`);
  const bare = known.filter(({ isVisible }) => isVisible).map(({ name }) => name);
  const last = table.split('.').at(-1)!.toLowerCase();
  const elsewhere = known.findIndex(({ name }) => name.toLowerCase() === last);
  return nearest(table, table.includes('.') ? whole : bare) ?? whole[elsewhere];
}
