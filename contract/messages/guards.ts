import { advise, always, failure, message } from './message.ts';

/** Why a guard holds a run. Ratios are fractions of 1, durations milliseconds. */
export const GUARD_MESSAGES = {
  segmentEmpty: message({
    examples: [
      { read: 0, leaving: 0 },
      { read: 12, leaving: 1100 },
    ],
    says: ({ read, leaving }) =>
      `The segment has no members (${read} rows read), and the list would ${leaving > 0 ? 'soon ' : ''}target nobody.`,
    next: () =>
      advise(
        "Check that the segment's query finds people in the warehouse; if an empty list is right, set guards.allowEmpty: true.",
      ),
  }),
  lossTooLarge: message({
    examples: [{ removed: 400, members: 600, peak: 1000, ratio: 0.4, limit: 0.3 }],
    says: ({ removed, members, peak, ratio, limit }) =>
      `${removed} members would leave the list, and ${members} remain of the ${peak} it held at most in the last ` +
      `7 days: a loss of ${percent(ratio)}, allowed are ${percent(limit)}.`,
    next: () =>
      advise(
        "Check that the warehouse's tables are completely loaded; if the loss is right, raise guards.maxRemovedRatio.",
      ),
  }),
  tooManyRemoved: message({
    examples: [{ removed: 400, limit: 100 }],
    says: ({ removed, limit }) => `${removed} members would leave the list, allowed are ${limit}.`,
    next: () =>
      advise(
        "Check that the warehouse's tables are completely loaded; if the loss is right, raise guards.maxRemoved.",
      ),
  }),
  growthTooLarge: message({
    examples: [{ added: 600, listed: 1000, limit: 0.5 }],
    says: ({ added, listed, limit }) =>
      `${added} members would enter a list of ${listed}, a growth of ${percent(added / listed)}, allowed are ${percent(limit)}.`,
    next: () =>
      advise(
        "Check that the segment's query still filters as it should; if the growth is right, raise guards.maxAddedRatio.",
      ),
  }),
  tooManyChanged: message({
    examples: [{ changed: 600, listed: 1000, limit: 0.5 }],
    says: ({ changed, listed, limit }) =>
      `The attributes of ${changed} members of ${listed} would change (${percent(changed / listed)}), allowed are ${percent(limit)}.`,
    next: () =>
      advise(
        'Check that the mapped columns hold what they should; if the changes are right, raise guards.maxChangedRatio.',
      ),
  }),
  tooManyRejected: message({
    examples: [{ rejected: 30, read: 1000, limit: 0.01 }],
    says: ({ rejected, read, limit }) =>
      `${rejected} of ${read} rows (${percent(rejected / read)}) have no usable matching key, allowed are ${percent(limit)}.`,
    next: () =>
      advise(
        'Check that matchingKey names the right column, and the reasons stored with the run; if so many are normal, raise ' +
          'guards.maxRejectedRatio.',
      ),
  }),
  freshnessUnknown: always(
    'The query of guards.freshness found no moment: it returned no row, or a null.',
    ...advise('Is the table empty?'),
  ),
  freshnessNoMoment: failure(
    'ConfigurationInvalid',
    always(
      'The query of guards.freshness must return a moment with its time zone: a timestamptz, or a text such as 2026-01-31T06:00:00Z.',
    ),
  ),
  freshnessWithoutZone: failure('ConfigurationInvalid', {
    examples: [{}],
    says: () =>
      'The query of guards.freshness returned a moment without a time zone, so that its age is not known.',
    next: () =>
      advise(
        "Name the zone of the column, such as: select max(updated_at at time zone 'Europe/Paris') from orders.",
      ),
  }),
  warehouseAhead: message({
    examples: [{ ahead: 2 * 3_600_000, at: '2026-01-31 08:00:00' }],
    says: ({ ahead, at }) =>
      `The warehouse was last changed in the future, by the query of guards.freshness: at ${at} UTC, ${hours(ahead)} ahead ` +
      'of its own clock.',
    next: () =>
      advise('Check that the query names the time zone of the column, and that no row is dated in advance.'),
  }),
  warehouseStale: message({
    examples: [{ age: 30 * 3_600_000, at: '2026-01-30 00:00:00', limit: 24 * 3_600_000 }],
    says: ({ age, at, limit }) =>
      `The warehouse was last changed ${hours(age)} ago (${at} UTC, by the query of guards.freshness), allowed are ${hours(limit)}.`,
    next: () => advise('Check that its tables are being loaded.'),
  }),
  assertionsFailed: message({
    examples: [{ failed: ['yesterday has no orders', 'customers without a country'] }],
    says: ({ failed }) =>
      `The warehouse is not as guards.assertions wants it: ${failed.join('; ').replace(/[.;\s]+$/, '')}.`,
  }),
  matchRateTooLow: message<{ entering: boolean; judged: number; missed: number; limit: number | null }>({
    examples: [
      { entering: true, judged: 200, missed: 180, limit: 0.5 },
      { entering: false, judged: 200, missed: 180, limit: 0.5 },
      { entering: true, judged: 1177, missed: 1177, limit: null },
    ],
    says: ({ entering, judged, missed, limit }) => {
      const whose = `${entering ? 'members who enter the list' : 'members'} whose attributes were sent`;
      if (limit === null) return `Of ${judged} ${whose}, Actito took none: the list would target nobody.`;
      const taken = judged - missed;
      return `Of ${judged} ${whose}, Actito took ${taken} (${share(taken / judged)}), wanted are at least ${share(limit)}.`;
    },
    next: ({ limit }) =>
      advise(
        'Check that matchingKey names the column and the attribute that belong together' +
          (limit === null ? ', and the destination the entity and the profile table of these people' : '') +
          ', and see: actito-sync rejects. Those missed are asked for again after 24 hours. ' +
          (limit === null
            ? 'If that is right, set guards.minMatchRatio: 0.'
            : 'If so few are right, lower guards.minMatchRatio.'),
      ),
  }),
};

function percent(ratio: number): string {
  return `${Math.round(ratio * 10_000) / 100} %`;
}

function share(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`;
}

function hours(milliseconds: number): string {
  return `${Math.round(milliseconds / 360_000) / 10} h`;
}
