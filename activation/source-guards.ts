import type { Guards } from './definition/activation.ts';
import { Failure } from './failures.ts';
import type { GuardTrip } from './guards.ts';
import { toTimestamp } from './values/moments.ts';

/** What the query of `guards.freshness` returned; null: no row, or a null. */
export type Latest = string | null;

/**
 * Whether the warehouse was loaded lately enough. `now` in milliseconds since 1970, by the worker's clock.
 * @throws Failure ConfigurationInvalid when what was returned is no moment
 */
export function judgeFreshness(
  { maxAge }: NonNullable<Guards['freshness']>,
  latest: Latest,
  now: number,
): GuardTrip | undefined {
  if (latest === null) {
    return {
      guard: 'freshness',
      figure: 0,
      message:
        'The query of guards.freshness found no moment: it returned no row, or a null. Is the table empty?',
    };
  }
  const moment = toTimestamp(latest);
  if ('reject' in moment) {
    throw new Failure(
      'ConfigurationInvalid',
      'The query of guards.freshness must return a moment: a timestamp, a date, or a text in ISO form.',
    );
  }
  const age = now - Date.parse(`${moment.value.replace(' ', 'T')}Z`);
  if (age <= maxAge) return undefined;
  return {
    guard: 'freshness',
    figure: Math.floor(age / 60_000),
    message:
      `The warehouse was last changed ${hours(age)} ago (${moment.value} UTC, by the query of guards.freshness), allowed are ` +
      `${hours(maxAge)}. Check that its tables are being loaded.`,
  };
}

function hours(milliseconds: number): string {
  return `${Math.round(milliseconds / 360_000) / 10} h`;
}

/** One trip for all assertions that failed; `failed` are the messages of those that returned a row. */
export function judgeAssertions(failed: readonly string[]): GuardTrip | undefined {
  if (failed.length === 0) return undefined;
  return {
    guard: 'assertions',
    figure: failed.length,
    message: `The warehouse is not as guards.assertions wants it: ${failed.join('; ').replace(/[.;\s]+$/, '')}.`,
  };
}
