import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { scheduleSchema } from '../../activation/definition/schedule.ts';
import { startsAhead } from '../../client/schedules.ts';
import type { Outcome } from '../../contract/result.ts';
import { overlapProblem, usualDuration } from '../../cli/commands/status-problems.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);
type Found = Parameters<typeof startsAhead>[0];
const found = (minutes: number[], paused = false) =>
  ({ state: { paused }, info: { nextActionTimes: minutes.map(at) } }) as unknown as Found;

describe('the next starts of a schedule', () => {
  it('are never in the past, whatever Temporal returns', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 })), fc.boolean(), (minutes, paused) => {
        const { starts, due } = startsAhead(found(minutes, paused), NOW);
        expect(starts.every((start) => start > NOW)).toBe(true);
        expect(starts).toEqual(paused ? [] : minutes.filter((minute) => minute > 0).map(at));
        expect(due).toBe(!paused && minutes.length > 0 && starts.length === 0);
      }),
    );
  });
});

describe('an activation that starts more often than its runs end', () => {
  const problem = (schedule: object, usual: number | undefined, running: number[] = []) =>
    overlapProblem(
      'vip',
      scheduleSchema.parse(schedule),
      { running: running.map((minutes) => ({ since: at(-minutes) })) },
      usual === undefined ? undefined : usual * MINUTE,
      NOW,
    )?.message;

  test('is detected by the duration of its runs', () => {
    expect(problem({ every: '15m' }, 25)).toBe(
      'vip: a run takes 25m, but one starts every 15m: starts during a run are skipped. Set schedule.every to 25m or more.',
    );
    expect(problem({ cron: '0 6,9 * * *' }, 200)).toContain(
      'a run takes 200m, but two starts are only 3h apart',
    );
  });

  test('is detected by the running run', () => {
    expect(problem({ every: '15m' }, undefined, [16])).toContain('a run takes 16m, but one starts every 15m');
    expect(problem({ every: '15m' }, 1, [16])).toContain('a run takes 16m');
  });

  test('is not reported if its runs end in time, or none has ended', () => {
    expect(problem({ every: '15m' }, 15)).toBeUndefined();
    expect(problem({ every: '15m' }, undefined, [14])).toBeUndefined();
    expect(problem({ cron: '0 6 * * *' }, 600)).toBeUndefined();
  });

  test('is not reported because of a single long run, such as the first one', () => {
    const run = (minutes: number | null, outcome: Outcome = 'succeeded') => ({
      openedAt: NOW,
      closedAt: minutes === null ? null : at(minutes),
      outcome: minutes === null ? null : outcome,
    });
    expect(usualDuration([run(1), run(60)])).toBe(MINUTE);
    expect(usualDuration([run(null), run(2), run(3), run(90)])).toBe(3 * MINUTE);
    expect(usualDuration([run(null), run(900, 'failed')])).toBeUndefined();
  });
});
