import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planned } from '../sending.ts';
import { freshState, type StateWorld } from '../support.ts';
import { begin, rowsOf, run, type Segment } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

describe('the match forecast', () => {
  const many = (count: number, from = 0): Segment =>
    Array.from({ length: count }, (_, index) => [`m${from + index}`, '1']);
  const profiles = (count: number) =>
    Array.from({ length: count }, (_, index) => [`p${index}`, `m${index}`] as const);

  test('holds a list of which too few members have a profile, before anything is sent', async () => {
    const { definition } = await begin(world, profiles(120), { guards: { minMatchRatio: 0.9 } });
    const made = await planned(world, definition, rowsOf(many(200)));
    expect(made.plan.guards).toMatchObject([
      { guard: 'minMatchRatio', facts: { judged: 200, missed: 80, limit: 0.9 } },
    ]);
  });

  test('holds no list with enough profiles, and needs no attributes for it', async () => {
    const changes = { guards: { minMatchRatio: 0.5 }, attributes: [] };
    const { definition } = await begin(world, profiles(120), changes);
    const segment = many(200).map(({ 0: key }) => ({ key, values: [] }));
    expect((await planned(world, definition, segment)).plan.guards).toEqual([]);
  });

  test('holds a list of nobody without any setting', async () => {
    const { definition } = await begin(world, [['p1', 'anna']]);
    const made = await planned(world, definition, rowsOf(many(100)));
    expect(made.plan.guards).toMatchObject([{ guard: 'minMatchRatio', facts: { judged: 100, missed: 100 } }]);
  });

  test('lets members without profiles enter beside a list with profiles', async () => {
    const { definition } = await begin(world, [['p1', 'anna']]);
    await run(world, definition, [['anna', '1']]);
    const made = await planned(world, definition, rowsOf([['anna', '1'], ...many(100)]));
    expect(made.plan.guards).toEqual([]);
  });
});
