import type { Freshness } from './definition/guards.ts';
import { Failure } from '../contract/failure.ts';
import { tell } from '../contract/messages/tell.ts';
import type { GuardTrip } from '../contract/plan.ts';
import { toTimestamp } from './values/moments.ts';

/** The result of `guards.freshness`; null for no row, or a null. */
export type Latest = string | null;

/** The clocks of machines that load a warehouse may be ahead of its own by this much, in milliseconds. */
const CLOCK_DIFFERENCE = 5 * 60_000;
/** A timestamp with an offset. Without one it may be hours away from the intended time. */
const ZONED = /:\d\d(?:[.,]\d+)?\s*(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

/**
 * Whether the warehouse was loaded recently enough. `now` in milliseconds since 1970, by the warehouse's clock.
 * @throws Failure ConfigurationInvalid if the result is no timestamp, or has no time zone
 */
export function judgeFreshness({ maxAge, of }: Freshness, found: Latest, now: number): GuardTrip | undefined {
  if (found === null) {
    return { guard: 'freshness', figure: 0, ...tell('freshnessUnknown', { of }) };
  }
  const latest = of !== undefined && !ZONED.test(found.trim()) ? `${found.trim()}+00` : found;
  const moment = toTimestamp(latest);
  if ('reject' in moment) {
    throw new Failure('freshnessNoMoment', {});
  }
  if (!ZONED.test(latest.trim())) throw new Failure('freshnessWithoutZone', {});
  const age = now - Date.parse(`${moment.value.replace(' ', 'T')}Z`);
  if (age < -CLOCK_DIFFERENCE) {
    const ahead = tell('warehouseAhead', { ahead: -age, at: moment.value, of });
    return { guard: 'freshness', figure: Math.floor(-age / 60_000), ...ahead };
  }
  if (age <= maxAge) return undefined;
  const stale = tell('warehouseStale', { age, at: moment.value, limit: maxAge, of });
  return { guard: 'freshness', figure: Math.floor(age / 60_000), ...stale };
}

/** One trip for all assertions that failed; `failed` are the messages of those that returned a row. */
export function judgeAssertions(failed: string[]): GuardTrip | undefined {
  if (failed.length === 0) return undefined;
  return { guard: 'assertions', figure: failed.length, ...tell('assertionsFailed', { failed }) };
}

/** One trip for all tests of a dbt model that failed; `failed` are the names of those that returned a row. */
export function judgeModelTests(model: string, failed: string[]): GuardTrip | undefined {
  if (failed.length === 0) return undefined;
  return { guard: 'fromModel', figure: failed.length, ...tell('modelTestsFailed', { model, failed }) };
}
