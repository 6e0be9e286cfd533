/*
 * The fixed periods, each named once, in milliseconds. SQL takes them by `interval()`.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Refused and unmatched members, and files with errors that nothing explains, are sent again after this. */
export const RETRY_AFTER = DAY;
/** An activation sends such members again at most once in this time. */
export const RETRY_EVERY = DAY;
/** Actito counts imports per day. Stricter than a calendar day, whose time zone is not documented. */
export const QUOTA_PERIOD = DAY;
/** How long the decision about a held plan counts. */
export const DECISION_PERIOD = DAY;
/** Samples hold values, which otherwise never outlive their run: they go as soon as an approval would. */
export const SAMPLE_PERIOD = DAY;
/** An activation that has not asked for an import for so long loses its place in the line: it may never run again. */
export const LINE_PERIOD = 2 * DAY;
/** Guards compare with the largest list of this time, so that an erosion over several runs is seen. */
export const PEAK_PERIOD = 7 * DAY;

/** Of an activation that goes on failing for the same reason, one start of its schedule in this time tries. */
export const TRY_EVERY = HOUR;

/** A period as SQL. */
export function interval(milliseconds: number): string {
  return `interval '${milliseconds} milliseconds'`;
}
