/** A table with keys of members, besides the members table and the tables that a run drops when it closes. */
export interface Place {
  table: string;
  /** The column with the key of a member, or with another text that may name one. */
  key: string;
  /** The column with a list identifier, if there is one. */
  identifier?: string;
  /** SQL: the rows of the activation in a parameter. */
  scope: (activation: string) => string;
  /** The spelling of the key: as in the members table (`canonical`), or as in the source (`source`). */
  spelt: 'canonical' | 'source';
}

const ofItsRuns = (activation: string) => `run in (select no from runs where activation = ${activation})`;
const itsOwn = (activation: string) => `activation = ${activation}`;

/** Tables with keys that activations share: one of each per profile directory. See erase-profiles.ts. */
export const DIRECTORY_TABLES = ['profiles', 'profile_changes'] as const;

/** All tables with keys of an activation. A new table with keys only needs a line here. */
export const PLACES: Place[] = [
  { table: 'rejects', key: 'key', scope: ofItsRuns, spelt: 'source' },
  { table: 'reject_history', key: 'key', scope: itsOwn, spelt: 'source' },
  { table: 'rejects', key: 'reference', scope: ofItsRuns, spelt: 'source' },
  { table: 'reject_history', key: 'reference', scope: itsOwn, spelt: 'source' },
  { table: 'changes', key: 'key', identifier: 'identifier', scope: ofItsRuns, spelt: 'canonical' },
  { table: 'samples', key: 'key', scope: ofItsRuns, spelt: 'source' },
];
