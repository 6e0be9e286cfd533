/** What a run read and did, in rows and members. A count that is missing was not counted (yet). */
export interface Counts {
  /** Rows that the segment's query returned. */
  read?: number;
  /** Rows without a usable key (or list identifier): not in the list. */
  rejected?: number;
  /** Rows of people who asked to be forgotten: left out, and no reject. Only when there are any. */
  forgotten?: number;
  /** Rows that repeat another row exactly, or its key. */
  duplicates?: number;
  /** Members whose repeated rows differ: on the list, their attributes are not sent. */
  ambiguous?: number;
  /**
   * Members of the segment who are not on the list, because the profile directory has no profile with their key, or
   * several. Only for lists that use it.
   */
  waiting?: number;
  /** Members of the list: those of the segment, and those who are leaving. */
  members?: number;
  added?: number;
  removed?: number;
  /** Members of the list that the segment lacks, and that stay for a while. */
  leaving?: number;
  /** Known members whose attributes differ from what Actito confirmed. */
  changed?: number;
  unchanged?: number;
  /** Members sent again after an earlier refusal, doubt or miss. */
  retried?: number;
  /** Members whose attributes Actito confirmed in this run. */
  updated?: number;
  /** Members whose key Actito does not know. */
  unmatched?: number;
  /** Members whose row Actito refused. */
  refused?: number;
  /** Single values that do not fit Actito's format, or that Actito refused: left out, the rest of the row is sent. */
  badValues?: number;
  /** Members whose attributes could not be sent in this run; they go with a later one. */
  unsent?: number;
}

/** The name of a count. */
export type CountName = keyof Counts;

/** All counts, in the order of the steps of a run. */
export const COUNT_NAMES = [
  'read',
  'rejected',
  'forgotten',
  'duplicates',
  'ambiguous',
  'waiting',
  'members',
  'added',
  'removed',
  'leaving',
  'changed',
  'unchanged',
  'retried',
  'updated',
  'unmatched',
  'refused',
  'badValues',
  'unsent',
] as const satisfies CountName[];

/** Rejects of a run that have stage, reason and attribute in common. */
export interface RejectCount {
  stage: string;
  reason: string;
  attribute: string;
  count: number;
}
