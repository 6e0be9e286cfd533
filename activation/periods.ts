/*
 * The fixed periods, each named once, in milliseconds. SQL takes them by `interval()`.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Refused and unmatched members, and files with errors that nothing explains, are sent again after this. */
export const RETRY_AFTER = DAY;
/** So long a list waits for the import of its attributes, unless the destination says otherwise. */
export const LIST_WAITS = 10 * 60_000;
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

/**
 * The pause before a failed call is repeated: the first one, and the longest where asking costs little. What has failed for a long
 * time may work again at any moment.
 */
export const BACKOFF = { first: 1_000, longest: 30_000 };
/** A pause that a peer itself asks for is obeyed up to this: a wrong number must not hold a run for a day. */
export const LONGEST_RETRY_AFTER = 5 * 60_000;

/** Of an activation that goes on failing for the same reason, one start of its schedule in this time tries. */
export const TRY_EVERY = HOUR;

/** A period as SQL. */
export function interval(milliseconds: number): string {
  return `interval '${milliseconds} milliseconds'`;
}
