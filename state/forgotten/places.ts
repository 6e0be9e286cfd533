/** A table that names members, besides the members themselves and what a run drops when it closes. */
export interface Place {
  table: string;
  /** Its column with the key of a member, or with another text that may name one. */
  key: string;
  /** Its column with a list identifier, if it has one. */
  identifier?: string;
  /** SQL: the rows of the activation that a parameter names. */
  scope: (activation: string) => string;
  /** How the key is spelt: as members are (`canonical`), or as the source says it (`source`). */
  spelt: 'canonical' | 'source';
}

const ofItsRuns = (activation: string) => `run in (select no from runs where activation = ${activation})`;
const itsOwn = (activation: string) => `activation = ${activation}`;

/** Wherever a key of an activation stands. A table that is to hold keys needs a line here, and nothing else. */
export const PLACES: Place[] = [
  { table: 'rejects', key: 'key', scope: ofItsRuns, spelt: 'source' },
  { table: 'reject_stories', key: 'key', scope: itsOwn, spelt: 'source' },
  { table: 'rejects', key: 'reference', scope: ofItsRuns, spelt: 'source' },
  { table: 'reject_stories', key: 'reference', scope: itsOwn, spelt: 'source' },
  { table: 'changes', key: 'key', identifier: 'identifier', scope: ofItsRuns, spelt: 'canonical' },
  { table: 'samples', key: 'key', scope: ofItsRuns, spelt: 'source' },
];
