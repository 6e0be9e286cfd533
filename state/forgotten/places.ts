/** A table that names members, besides the members themselves and what a run drops when it closes. */
export interface Place {
  table: string;
  /** Its column with the key of a member. */
  key: string;
  /** SQL: the rows of activation `:activation`. */
  scope: string;
  /** How the key is spelt: as members are (`canonical`), or as the source says it (`source`). */
  spelt: 'canonical' | 'source';
}

const OF_ITS_RUNS = 'run in (select no from runs where activation = :activation)';
const ITS_OWN = 'activation = :activation';

/** Wherever a key of an activation stands. A table that is to hold keys needs a line here, and nothing else. */
export const PLACES: Place[] = [
  { table: 'rejects', key: 'key', scope: OF_ITS_RUNS, spelt: 'source' },
  { table: 'reject_stories', key: 'key', scope: ITS_OWN, spelt: 'source' },
  { table: 'samples', key: 'key', scope: OF_ITS_RUNS, spelt: 'source' },
];
