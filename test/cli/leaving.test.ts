import { expect, test } from 'vitest';
import { leavingOf, tellLeaving } from '../../cli/commands/explanation.ts';

const at = new Date('2026-11-23T06:00:00.000Z');
const member = (runs: number) => ({
  listed: true,
  since: '1',
  sinceMoment: at,
  sinceRebase: false,
  confirmed: true,
  outcome: 'ok' as const,
  retryAt: null,
  missing: { run: '12', since: at, runs },
});

test.each([
  { grace: { runs: 2 }, runs: 0, says: 'leaves the list after 2 more runs that lack it.' },
  { grace: { runs: 2 }, runs: 1, says: 'leaves the list after one more run that lacks it.' },
  { grace: { runs: 2 }, runs: 2, says: 'leaves the list with the next run that lacks it.' },
  { grace: undefined, runs: 1, says: 'leaves the list with the next run that lacks it.' },
  {
    grace: { milliseconds: 86_400_000 },
    runs: 1,
    says: 'leaves the list with the first run from 2026-11-24T06:00:00.000Z on that lacks it.',
  },
])('who is missing since $runs runs of $grace $says', ({ grace, runs, says }) => {
  const { message } = tellLeaving(leavingOf(member(runs), grace)!);
  expect(message).toBe(`It left the segment with run 12 (2026-11-23T06:00:00.000Z), and ${says}`);
});

test('who is in the segment, or is not on the list anyway, is not leaving', () => {
  expect(leavingOf({ ...member(1), missing: null }, { runs: 2 })).toBeNull();
  expect(leavingOf({ ...member(1), listed: false }, { runs: 2 })).toBeNull();
});
