import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { keepAliveAge } from '../../../activation/keep-alive.ts';
import { renewalProblem, type DeliveredList } from '../../../cli/commands/status-problems.ts';

const HOUR = 3_600_000;
const DELIVERED = new Date('2026-01-01T00:00:00Z');
const after = (hours: number) => new Date(DELIVERED.getTime() + hours * HOUR);

/** A list of 48 hours: it is delivered again from 23 hours on. */
const problem = (list: Partial<DeliveredList>, hours = 1) =>
  renewalProblem(
    'vip',
    {
      deliveredAt: DELIVERED,
      validity: 48 * HOUR,
      starts: [],
      paused: false,
      longestGap: undefined,
      ...list,
    },
    after(hours),
  )?.message;
const EXPIRES = 'its list expires at 2026-01-03T00:00:00.000Z';

describe('a list is renewed in time', () => {
  it('by a daily run', () => {
    expect(problem({ starts: [24, 48, 72].map(after) })).toBeUndefined();
  });
  it('by a start at the first moment that delivers again, and not just before it', () => {
    expect(problem({ starts: [23, 60].map(after) })).toBeUndefined();
    expect(problem({ starts: [22.9, 60].map(after) })).toMatch(
      /^vip: no scheduled run renews its list in time: /,
    );
  });
  it('by a start before it expires, and not at that moment', () => {
    expect(problem({ starts: [47.9].map(after) })).toBeUndefined();
    expect(problem({ starts: [48].map(after) })).toMatch(/^vip: no scheduled run renews its list in time: /);
  });
  it('by frequent starts, although Temporal shows only the next ten of them', () => {
    const starts = Array.from({ length: 10 }, (_, i) => after(1 + i / 4));
    expect(problem({ starts, longestGap: HOUR / 4 })).toBeUndefined();
    expect(problem({ starts, longestGap: 30 * HOUR })).toMatch(
      /^vip: no scheduled run renews its list in time: /,
    );
  });
});

test.each<[string, Partial<DeliveredList>, number, string]>([
  ['no schedule starts it', {}, 1, `no run is scheduled and ${EXPIRES}`],
  ['the schedule is paused', { paused: true }, 1, `its schedule is paused and ${EXPIRES}`],
  [
    'it has expired',
    { starts: [after(50)] },
    49,
    'its list expired at 2026-01-03T00:00:00.000Z and targets nobody in Actito',
  ],
  [
    'the next start is too early and the one after it too late',
    { starts: [after(10), after(60)] },
    1,
    `no scheduled run renews its list in time: ${EXPIRES.replace('its', 'the')} and can be renewed from 2026-01-01T23:00:00.000Z, but no run is scheduled between 2026-01-01T23:00:00.000Z and 2026-01-03T00:00:00.000Z`,
  ],
])('status reports it if %s', (_, outlook, hours, words) => {
  expect(problem(outlook, hours)).toBe(`vip: ${words}`);
});

/** Simulates the starts one after the other, as runs would deliver an unchanged list. */
function expiresUnnoticed(validity: number, starts: Date[]): boolean {
  const due = DELIVERED.getTime() + keepAliveAge(validity);
  const renewal = starts.find((start) => start.getTime() >= due);
  return renewal === undefined || renewal.getTime() >= DELIVERED.getTime() + validity;
}

test('the report matches what happens when the runs are simulated', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 200 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 }),
      (validity, hours) => {
        const starts = hours.toSorted((a, b) => a - b).map(after);
        const told = renewalProblem(
          'vip',
          { deliveredAt: DELIVERED, validity: validity * HOUR, starts, paused: false, longestGap: undefined },
          after(0.5),
        );
        expect(told !== undefined).toBe(expiresUnnoticed(validity * HOUR, starts));
      },
    ),
  );
});
