/** The time for token expiry, list expiry and quota days. Delays of real work do not use this clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Moves the time forward, never back, so nothing that has expired becomes valid again. */
  advance(milliseconds: number): void;
}

/** A clock that runs with `source` (default: the machine's) and can be moved forward. */
export function createClock(source: () => number = Date.now): Clock {
  let offset = 0;
  return {
    now: () => source() + offset,
    advance: (milliseconds) => {
      if (!Number.isFinite(milliseconds) || milliseconds < 0) {
        throw new RangeError(`The clock only moves forward, by milliseconds; seen: ${milliseconds}.`);
      }
      offset += milliseconds;
    },
  };
}

/** Formats a time like the API: ISO 8601 in UTC with milliseconds. */
export function toMoment(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Formats a time like an attribute value of type TIMESTAMP: `yyyy-MM-dd HH:mm:ss` in UTC. */
export function toTimestamp(milliseconds: number): string {
  return toMoment(milliseconds).slice(0, 19).replace('T', ' ');
}

/** Returns the UTC day, for daily quotas. */
export function toDay(milliseconds: number): string {
  return toMoment(milliseconds).slice(0, 10);
}
