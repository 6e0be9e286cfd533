import { describe, expect, it } from 'vitest';
import { guardsSchema } from '../../activation/definition/guards.ts';
import { askSource } from '../../warehouse/guards.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { judgeAssertions, judgeFreshness, judgeModelTests } from '../../activation/source-guards.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const HOUR = 3_600_000;
const judge = (latest: string | null) => judgeFreshness({ query: '…', maxAge: 26 * HOUR }, latest, NOW);

describe('the freshness of a warehouse', () => {
  it.each(['2026-11-23 10:00:00+00', '2026-11-24 12:00:00+02', '2026-11-24T12:05:00Z'])(
    'that was changed at %s is enough',
    (latest) => expect(judge(latest)).toBeUndefined(),
  );

  it.each([
    ['2026-11-23 09:59:59+00', 1560],
    ['2026-11-23 11:00:00+02', 1620],
    ['2026-11-20 00:00:00.25 -0000', 6480],
  ])('that was changed at %s is not enough, and the excess in minutes is right', (latest, figure) => {
    expect(judge(latest)).toMatchObject({ guard: 'freshness', figure });
  });

  it('is reported with age, time and limit', () => {
    expect(judge('2026-11-22 12:00:00.5Z')!.message).toBe(
      'The warehouse data is 48 h old; the limit is 26 h. Last change according to guards.freshness: 2026-11-22 12:00:00 UTC. ' +
        'Check that the load of the warehouse tables is running.',
    );
  });

  it.each([
    ['2099-01-01 00:00:00+00', 37_923_120],
    ['2026-11-24 13:00:00Z', 60], // local time that was mistaken for UTC
    ['2026-11-24 12:06:00+00', 6],
  ])('that was changed at %s, in the future, does not count', (latest, figure) => {
    expect(judge(latest)).toMatchObject({ guard: 'freshness', reason: 'warehouseAhead', figure });
  });

  it.each(['2026-11-24 11:00:00', '2026-11-24T11:00', '2026-11-24', '2099-01-01 00:00:00.123'])(
    'without a time zone, such as %s, is an error of the query',
    (latest) => expect(() => judge(latest)).toThrow('without a time zone'),
  );

  it('that is unknown holds the run as well', () => {
    expect(judge(null)!.message).toContain('returned no row or a null');
  });

  it.each(['7', 'yesterday', 'infinity'])('with the text %s is an error of the query', (latest) => {
    expect(() => judge(latest)).toThrow('must return a timestamp');
  });
});

describe('the freshness of a dbt source', () => {
  const ofSource = (latest: string | null) =>
    judgeFreshness({ query: '…', maxAge: 26 * HOUR, of: 'shop.orders' }, latest, NOW);

  it('is in UTC if it has no time zone, as dbt says', () => {
    expect(ofSource('2026-11-23 10:00:00')).toBeUndefined();
    expect(ofSource('2026-11-23 09:59:59')).toMatchObject({ figure: 1560 });
    expect(ofSource('2026-11-23 11:00:00+02')).toMatchObject({ figure: 1620 });
  });

  it('is reported with the name of the source', () => {
    expect(ofSource('2026-11-22 12:00:00')!.message).toContain('according to the dbt source shop.orders');
    expect(ofSource('2026-11-25 12:00:00')!.message).toContain('from the dbt source shop.orders');
    expect(ofSource(null)!.message).toContain('freshness of the dbt source shop.orders');
  });
});

describe('a query that checks a warehouse', () => {
  const CLOCK = Date.parse('2020-02-02T02:02:02Z');
  /** Its clock is years behind ours. */
  const warehouse: Warehouse = {
    guarantees: { snapshot: 'transaction', readOnly: 'server', errorPosition: 'all', tried: true },
    look: ({ query: value }) => Promise.resolve({ found: true, kind: 'timestamptz', value }),
    clock: () => Promise.resolve(CLOCK),
    read: () => Promise.reject(new Error('nobody reads')),
    close: () => Promise.resolve(),
  };
  const ask = (query: string) =>
    askSource(
      warehouse,
      guardsSchema.parse({ freshness: { query, maxAge: '1h' } }),
      new AbortController().signal,
    );

  it('is asked for each source of a dbt model', async () => {
    const freshness = ['2020-02-02 02:00:00+00', '2020-02-01 02:00:00', '2020-02-01 03:00:00'].map(
      (query, i) => ({ query, maxAge: HOUR, ...(i > 0 ? { of: `shop.source${i}` } : {}) }),
    );
    const guards = { ...guardsSchema.parse({}), freshness };
    const { guards: trips } = await askSource(warehouse, guards, new AbortController().signal);
    expect(trips.map(({ facts }) => (facts as { of?: string }).of)).toEqual(['shop.source1', 'shop.source2']);
  });

  it('has the name of its setting in errors, or of what dbt calls it', async () => {
    const settings: string[] = [];
    const noting: Warehouse = {
      ...warehouse,
      look: ({ setting }) => {
        settings.push(setting);
        return Promise.resolve({ found: false, kind: 'text', value: null });
      },
    };
    const query = 'select 1';
    const guards = {
      ...guardsSchema.parse({}),
      freshness: { query, maxAge: HOUR, of: 'shop.orders' },
      assertions: [{ query, message: 'no stock' }],
      modelTests: { model: 'vip', tests: [{ query, name: 'unique_vip' }] },
    };
    await askSource(noting, guards, new AbortController().signal);
    expect(settings).toEqual([
      'guards.fromModel (shop.orders)',
      'guards.assertions[0]',
      'guards.fromModel (unique_vip)',
    ]);
  });

  it('either holds the run, or is told as passed: an assertion by its message, a test of a dbt model by its name', async () => {
    const finding: Warehouse = {
      ...warehouse,
      look: ({ query }) => Promise.resolve({ found: query === 'bad', kind: 'text', value: null }),
    };
    const guards = {
      ...guardsSchema.parse({}),
      assertions: [
        { query: 'good', message: 'no stock' },
        { query: 'bad', message: 'no orders' },
      ],
      modelTests: {
        model: 'marts.vip',
        tests: ['good', 'bad', 'good'].map((query, i) => ({ query, name: `test_${i}` })),
      },
    };
    expect(await askSource(finding, guards, new AbortController().signal)).toMatchObject({
      guards: [
        { guard: 'assertions', figure: 1, facts: { failed: ['no orders'] } },
        { guard: 'fromModel', figure: 1, facts: { model: 'marts.vip', failed: ['test_1'] } },
      ],
      passed: { assertions: ['no stock'], tests: ['test_0', 'test_2'] },
    });
  });

  it('uses the clock of the warehouse', async () => {
    expect(await ask('2020-02-02 02:00:00+00')).toMatchObject({ guards: [] });
    expect(await ask(new Date().toISOString())).toMatchObject({ guards: [{ reason: 'warehouseAhead' }] });
  });
});

describe('assertions', () => {
  it('that all hold trip no guard', () => expect(judgeAssertions([])).toBeUndefined());

  it('that fail are reported together', () => {
    expect(judgeAssertions(['orders without a customer.', 'no stock'])).toMatchObject({
      guard: 'assertions',
      figure: 2,
      message: '2 assertions of guards.assertions failed: orders without a customer.; no stock.',
    });
  });
});

describe('tests of a dbt model', () => {
  it('that all pass trip no guard', () => expect(judgeModelTests('vip', [])).toBeUndefined());

  it('that fail are reported together, with the model and the setting', () => {
    expect(judgeModelTests('marts.vip', ['unique_vip_email', 'no_staff'])).toMatchObject({
      guard: 'fromModel',
      figure: 2,
      message:
        '2 tests of the dbt model marts.vip failed (guards.fromModel): unique_vip_email, no_staff. ' +
        'Run the tests with dbt to see the rows, and fix the data or the tests.',
    });
  });
});
