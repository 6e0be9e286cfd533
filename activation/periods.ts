/* The fixed periods, each defined once, in milliseconds. For SQL, use `interval()`. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Rejected and unmatched members, and files with unexplained errors, are sent again after this time. */
export const RETRY_AFTER = DAY;
/** How long a list waits for the import of its attributes, by default. */
export const LIST_WAITS = 10 * 60_000;
/** An activation sends such members again at most once in this time. */
export const RETRY_EVERY = DAY;
/** Actito counts imports per day. Stricter than a calendar day, whose time zone is not documented. */
export const QUOTA_PERIOD = DAY;
/** How long the decision about a held plan counts. */
export const DECISION_PERIOD = DAY;
/** Samples contain values, which otherwise do not outlive their run, so they are deleted when an approval expires. */
export const SAMPLE_PERIOD = DAY;
/**
 * An activation that has not asked for an import for this time loses its place in the queue, because it may never run
 * again.
 */
export const LINE_PERIOD = 2 * DAY;
/** Guards compare with the largest list of this time, which shows an erosion over several runs. */
export const PEAK_PERIOD = 7 * DAY;

/**
 * The pause before a failed call is repeated: the first one, and the longest one for cheap calls. Even after a long
 * failure, a server may recover at any time.
 */
export const BACKOFF = { first: 1_000, longest: 30_000 };
/** The maximum pause that a server can ask for: a wrong number must not delay a run for a day. */
export const LONGEST_RETRY_AFTER = 5 * 60_000;

/** For an activation that keeps failing for the same reason, one scheduled start in this time is not skipped. */
export const TRY_EVERY = HOUR;

/** A period as SQL. */
export function interval(milliseconds: number): string {
  return `interval '${milliseconds} milliseconds'`;
}
