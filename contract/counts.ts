/** Numbers of rows and members that a run read and processed. A missing number is not known (yet). */
export interface Counts {
  /** Rows that the segment's query returned. */
  read?: number;
  /** Rows without a usable key (or list identifier). They are not on the list. */
  rejected?: number;
  /** Rows of forgotten people. They are omitted, and are not rejects. Missing if there are none. */
  forgotten?: number;
  /** Rows that are identical to another row, or have the same key. */
  duplicates?: number;
  /** Members whose duplicate rows differ. They are on the list, but their attributes are not sent. */
  ambiguous?: number;
  /** Members of the list: those in the segment, and those who are leaving. */
  members?: number;
  added?: number;
  removed?: number;
  /** Members of the list that are no longer in the segment, but stay during the grace period. */
  leaving?: number;
  /** Existing members whose attributes differ from those that Actito confirmed. */
  changed?: number;
  unchanged?: number;
  /** Members that are sent again because they were rejected, unconfirmed or unmatched before. */
  retried?: number;
  /** Members whose attributes Actito confirmed in this run. */
  updated?: number;
  /** Members without a profile in Actito. */
  unmatched?: number;
  /** Members whose row Actito rejected. */
  refused?: number;
  /** Values that do not fit Actito's format, or that Actito rejected. The rest of their rows is sent. */
  badValues?: number;
  /** Members whose attributes could not be sent in this run. A later run sends them. */
  unsent?: number;
}

/** The name of a count. */
export type CountName = keyof Counts;

/** In the order of the steps of a run. */
export const COUNT_NAMES = [
  'read',
  'rejected',
  'forgotten',
  'duplicates',
  'ambiguous',
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

/** The number of rejects of a run with the same stage, reason and attribute. */
export interface RejectCount {
  stage: string;
  reason: string;
  attribute: string;
  count: number;
}
