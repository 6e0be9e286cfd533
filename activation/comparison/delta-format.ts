/** What a run changes about a member's place on the list; see state/schema.sql, delta. */
export type Membership =
  | 'added'
  | 'removed'
  | 'reidentified'
  | 'leaving'
  | 'returned'
  | 'erased'
  | 'waiting'
  | 'several'
  | 'sight'
  | 'ambiguous';
/** Why a member's attributes are sent; see state/schema.sql, delta. */
export type Sending = 'fresh' | 'changed' | 'retry' | 'resent';

/** What a row of the segment changes. `known`: its member was sent or listed before. */
export interface RowChange {
  membership: Membership | null;
  sending: Sending | null;
  known: boolean;
}

/** The columns of a delta before its values, in the order of its records. */
export const DELTA_COLUMNS = [
  'mark',
  'attribute_mark',
  'identifier_mark',
  'former_mark',
  'bytes',
  'known',
  'membership',
  'attributes',
  'pattern',
  'key',
  'identifier',
  'hashes',
] as const;

/** Values of a delta: one text column per mapped attribute, in the order of the mapping. */
export function valueColumns(attributes: number): string[] {
  return Array.from({ length: attributes }, (_, index) => `c${index + 1}`);
}
