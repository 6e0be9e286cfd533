/**
 * What a shim does wrong in every result from now on, until it is given another fault or none. `row` counts from 1; a
 * result that has fewer rows is not affected.
 */
export type Fault =
  /** The rows before `row` arrive, then an error as a value of this row would cause it. */
  | { kind: 'value'; row: number }
  /** The rows before `row` arrive, then the connection is cut. */
  | { kind: 'cut'; row: number }
  /** All rows arrive, but a result of at least `row` rows reports `difference` more of them. */
  | { kind: 'count'; row: number; difference: number };
