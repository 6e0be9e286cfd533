import { describe, expect, it } from 'vitest';
import { judgeAssertions, judgeFreshness } from '../../activation/source-guards.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const HOUR = 3_600_000;
const judge = (latest: string | null) => judgeFreshness({ query: '…', maxAge: 26 * HOUR }, latest, NOW);

describe('the freshness of a warehouse', () => {
  it.each(['2026-11-23 10:00:00', '2026-11-24 12:00:00+02', '2026-11-24', '2026-11-25T00:00:00Z'])(
    'that was changed at %s is enough',
    (latest) => expect(judge(latest)).toBeUndefined(),
  );

  it.each([
    ['2026-11-23 09:59:59', 1560],
    ['2026-11-23 11:00:00+02', 1620],
    ['2026-11-20', 6480],
  ])('that was changed at %s is not, by so many minutes', (latest, figure) => {
    expect(judge(latest)).toMatchObject({ guard: 'freshness', figure });
  });

  it('is told with age, moment and limit', () => {
    expect(judge('2026-11-22 12:00:00.5')!.message).toBe(
      'The warehouse was last changed 48 h ago (2026-11-22 12:00:00 UTC, by the query of guards.freshness), allowed are 26 h. ' +
        'Check that its tables are being loaded.',
    );
  });

  it('that is not known is held as well', () => {
    expect(judge(null)!.message).toContain('found no moment');
  });

  it.each(['7', 'yesterday', 'infinity'])('that is told as %s is a fault of the query', (latest) => {
    expect(() => judge(latest)).toThrow('must return a moment');
  });
});

describe('assertions', () => {
  it('that all hold trip nothing', () => expect(judgeAssertions([])).toBeUndefined());

  it('that fail are told in one', () => {
    expect(judgeAssertions(['orders without a customer.', 'no stock'])).toMatchObject({
      guard: 'assertions',
      figure: 2,
      message: 'The warehouse is not as guards.assertions wants it: orders without a customer.; no stock.',
    });
  });
});
