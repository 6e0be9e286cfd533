import { advise, always, failure, message } from './message.ts';
import { counted, percent } from './words.ts';

/** The source of the dbt project that a freshness is of; undefined for `guards.freshness`. */
export interface OfModel {
  of?: string;
}

function freshnessOf(of: string | undefined): string {
  return of === undefined ? 'guards.freshness' : `the dbt source ${of}`;
}

/** Why a guard holds a run. Ratios are fractions of 1, durations milliseconds. */
export const GUARD_MESSAGES = {
  segmentEmpty: message({
    examples: [
      { read: 0, leaving: 0 },
      { read: 12, leaving: 1100 },
    ],
    says: ({ read, leaving }) =>
      `The segment is empty (${counted(read, 'row')} read${read > 0 ? ', none usable' : ''}); the list would ${leaving > 0 ? 'soon ' : ''}target nobody.`,
    next: () =>
      advise("Check the segment's query. If an empty list is intended, set guards.allowEmpty: true."),
  }),
  lossTooLarge: message({
    examples: [{ removed: 400, members: 600, peak: 1000, ratio: 0.4, limit: 0.3 }],
    says: ({ removed, members, peak, ratio, limit }) =>
      `${exactPercent(ratio)} of the list would be removed; the limit is ${exactPercent(limit)}. This run removes ` +
      `${counted(removed, 'member')} and leaves ${members}; the most in the last 7 days was ${peak}.`,
    next: () =>
      advise(
        'Check that the warehouse tables are fully loaded. If the removal is intended, raise guards.maxRemovedRatio.',
      ),
  }),
  tooManyRemoved: message({
    examples: [{ removed: 400, limit: 100 }],
    says: ({ removed, limit }) => `${counted(removed, 'member')} would be removed; the limit is ${limit}.`,
    next: () =>
      advise(
        'Check that the warehouse tables are fully loaded. If the removal is intended, raise guards.maxRemoved.',
      ),
  }),
  growthTooLarge: message({
    examples: [{ added: 600, listed: 1000, limit: 0.5 }],
    says: ({ added, listed, limit }) =>
      `The list would grow by ${exactPercent(added / listed)} (${counted(added, 'member')} added to ${listed}); the limit is ${exactPercent(limit)}.`,
    next: () =>
      advise(
        "Check the filters in the segment's query. If the growth is intended, raise guards.maxAddedRatio.",
      ),
  }),
  tooManyChanged: message({
    examples: [{ changed: 600, listed: 1000, limit: 0.5 }],
    says: ({ changed, listed, limit }) =>
      `The attributes of ${exactPercent(changed / listed)} of the list would change (${changed} of ${listed} members); the limit is ${exactPercent(limit)}.`,
    next: () =>
      advise(
        'Check the values of the mapped columns. If the changes are intended, raise guards.maxChangedRatio.',
      ),
  }),
  tooManyRejected: message({
    examples: [{ rejected: 30, read: 1000, limit: 0.01 }],
    says: ({ rejected, read, limit }) =>
      `${exactPercent(rejected / read)} of the rows (${rejected} of ${read}) have no valid matching key; the limit is ${exactPercent(limit)}.`,
    next: () =>
      advise(
        'Check that matchingKey names the right column, and see the reasons with actito-sync rejects. If this share is ' +
          'normal, raise guards.maxRejectedRatio.',
      ),
  }),
  freshnessUnknown: message<OfModel>({
    examples: [{}, { of: 'shop.orders' }],
    says: ({ of }) =>
      `${of === undefined ? 'The query in guards.freshness' : `The query for the freshness of the dbt source ${of}`} returned no row or a null, so the age of the data is unknown.`,
    next: () => advise('Check that the table is not empty.'),
  }),
  freshnessNoMoment: failure(
    'ConfigurationInvalid',
    always(
      'The query in guards.freshness must return a timestamp with a time zone: a timestamptz, or text such as 2026-01-31T06:00:00Z.',
    ),
  ),
  freshnessWithoutZone: failure('ConfigurationInvalid', {
    examples: [{}],
    says: () =>
      'The query in guards.freshness returned a timestamp without a time zone, so the age of the data is unknown.',
    next: () =>
      advise(
        "State the time zone of the column, as in PostgreSQL: select max(updated_at at time zone 'Europe/Paris') from orders. A text with an offset is also accepted, such as 2026-01-31 06:00:00+01:00.",
      ),
  }),
  warehouseAhead: message<OfModel & { ahead: number; at: string }>({
    examples: [{ ahead: 2 * 3_600_000, at: '2026-01-31 08:00:00' }],
    says: ({ ahead, at, of }) =>
      `The timestamp from ${freshnessOf(of)} is in the future: ${at} UTC, ${hours(ahead)} ahead of the warehouse's clock.`,
    next: () =>
      advise('Check that the query states the time zone of the column, and that no row has a future date.'),
  }),
  warehouseStale: message<OfModel & { age: number; at: string; limit: number }>({
    examples: [
      { age: 30 * 3_600_000, at: '2026-01-30 00:00:00', limit: 24 * 3_600_000 },
      { age: 30 * 3_600_000, at: '2026-01-30 00:00:00', limit: 24 * 3_600_000, of: 'shop.orders' },
    ],
    says: ({ age, at, limit, of }) =>
      `The warehouse data is ${hours(age)} old; the limit is ${hours(limit)}. Last change according to ${freshnessOf(of)}: ${at} UTC.`,
    next: () => advise('Check that the load of the warehouse tables is running.'),
  }),
  assertionsFailed: message({
    examples: [{ failed: ['yesterday has no orders', 'customers without a country'] }],
    says: ({ failed }) =>
      `${failed.length === 1 ? 'An assertion' : `${failed.length} assertions`} of guards.assertions failed: ${failed.join('; ').replace(/[.;\s]+$/, '')}.`,
  }),
  modelTestsFailed: message({
    examples: [
      { model: 'marts.vip', failed: ['unique_vip_email'] },
      { model: 'marts.vip', failed: ['unique_vip_email', 'not_null_vip_email'] },
    ],
    says: ({ model, failed }) =>
      `${failed.length === 1 ? 'A test' : `${failed.length} tests`} of the dbt model ${model} failed (guards.fromModel): ${failed.join(', ')}.`,
    next: () => advise('Run the tests with dbt to see the rows, and fix the data or the tests.'),
  }),
  matchRateTooLow: message<{ entering: boolean; judged: number; missed: number; limit: number | null }>({
    examples: [
      { entering: true, judged: 200, missed: 180, limit: 0.5 },
      { entering: false, judged: 200, missed: 180, limit: 0.5 },
      { entering: true, judged: 1177, missed: 1177, limit: null },
    ],
    says: ({ entering, judged, missed, limit }) => {
      const whose = `${entering ? 'added ' : ''}${judged === 1 ? 'member' : 'members'}`;
      if (limit === null)
        return `Actito matched none of the ${judged} ${whose} whose attributes were sent; the list would target nobody.`;
      const taken = judged - missed;
      return `Actito matched ${percent(taken / judged)} of the ${whose} whose attributes were sent (${taken} of ${judged}); at least ${percent(limit)} must match.`;
    },
    next: ({ limit }) =>
      advise(
        'Check the column and the attribute of matchingKey' +
          (limit === null ? ', and the entity and the profile table of the destination' : '') +
          '. See who is unmatched with actito-sync rejects; unmatched members are retried after 24 hours. ' +
          (limit === null
            ? 'If this is expected, set guards.minMatchRatio: 0.'
            : 'If so few matches are expected, lower guards.minMatchRatio.'),
      ),
  }),
};

/** A limit can be less than a percent. */
function exactPercent(ratio: number): string {
  return percent(ratio, 2);
}

function hours(milliseconds: number): string {
  return `${Math.round(milliseconds / 360_000) / 10} h`;
}
