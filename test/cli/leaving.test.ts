import { expect, test } from 'vitest';
import { leavingOf, tellLeaving } from '../../cli/commands/explained-membership.ts';

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
  { grace: { runs: 2 }, runs: 0, says: 'it stays on the list for 2 more runs.' },
  { grace: { runs: 2 }, runs: 1, says: 'it stays on the list for 1 more run.' },
  { grace: { runs: 2 }, runs: 2, says: 'the next run removes it from the list.' },
  { grace: undefined, runs: 1, says: 'the next run removes it from the list.' },
  {
    grace: { milliseconds: 86_400_000 },
    runs: 1,
    says: 'the first run after 2026-11-24T06:00:00.000Z removes it from the list.',
  },
])('a member missing for $runs runs with a grace period of $grace: $says', ({ grace, runs, says }) => {
  const { message } = tellLeaving(leavingOf(member(runs), grace)!);
  expect(message).toBe(
    `In its grace period: run 12 (2026-11-23T06:00:00.000Z) no longer found it in the segment. Unless it returns, ${says}`,
  );
});

test('a member who is in the segment, or not on the list, is not in a grace period', () => {
  expect(leavingOf({ ...member(1), missing: null }, { runs: 2 })).toBeNull();
  expect(leavingOf({ ...member(1), listed: false }, { runs: 2 })).toBeNull();
});
