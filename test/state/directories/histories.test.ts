import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlannedRun } from '../../../state/runs/runs.ts';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { ended } from '../../support/ended.ts';
import { deliver, listLines } from '../sending.ts';
import { extract, freshState, open, type CompareOptions, type StateWorld } from '../support.ts';
import { begin, listOf, load, rowsOf, type Segment } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

/** Memory for all rows, for some, and for none, so that rows are deferred before or after their profile is known. */
const compareArb: fc.Arbitrary<CompareOptions> = fc.record(
  { slots: fc.constantFrom(512, 16, 1), batch: fc.integer({ min: 1, max: 5 }) },
  { requiredKeys: ['slots'] },
);
const KEYS = ['a', 'b', 'c', 'd', 'e'] as const;
const stepArb = fc.record({
  segment: fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom('1', '1', '2')), { maxLength: 7 }),
  /** Profiles that an export names, with their keys. */
  profiles: fc.uniqueArray(
    fc.tuple(fc.constantFrom('p1', 'p2', 'p3', 'p4'), fc.constantFrom(null, ...KEYS)),
    { selector: ([profile]) => profile, maxLength: 4 },
  ),
  kind: fc.constantFrom('none', 'daily', 'daily', 'full'),
  fate: fc.constantFrom('delivered', 'delivered', 'delivered', 'not delivered', 'dry'),
  options: compareArb,
});

test('whatever happens to segment, directory and runs, the list is the segment as the directory resolves it', async () => {
  const seen = { waited: 0, resolved: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 1, maxLength: 7 }), async (steps) => {
      const { id, directory, definition } = await begin(world, [['p0', 'z']]);
      const known = new Map<string, string | null>([['p0', 'z']]);
      for (const { segment, profiles, kind, fate, options } of steps) {
        if (kind === 'full') known.clear();
        if (kind !== 'none') {
          for (const [profile, key] of profiles) known.set(profile, key);
          await load(world, directory, profiles, { kind, mayShrink: true });
        }
        const expected = expectedList(segment, known);
        const opened = await open(world, definition, { dryRun: fate === 'dry' });
        const made = (await extract(world, opened, rowsOf(segment), options)) as PlannedRun;
        expect(await listLines(world, made)).toEqual(expected.map(([, profile]) => profile).sort());
        expect(made.counts.waiting).toBe(new Set(segment.map(([key]) => key)).size - expected.length);
        seen.waited += made.counts.waiting!;
        seen.resolved += expected.length;
        if (fate !== 'dry') await finish(made, fate === 'delivered');
        else await closeRun(world.state, made, ended('succeeded'));
        if (fate === 'delivered') expect(await listOf(world, id)).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
  expect(seen.waited).toBeGreaterThan(50);
  expect(seen.resolved).toBeGreaterThan(50);
});

function expectedList(segment: Segment, known: ReadonlyMap<string, string | null>): [string, string][] {
  const keys = [...new Set(segment.map(([key]) => key))].sort();
  return keys.flatMap((key): [string, string][] => {
    const profiles = [...known].filter(([, its]) => its === key).map(([profile]) => profile);
    return profiles.length === 1 ? [[key, profiles[0]!]] : [];
  });
}

async function finish(made: PlannedRun, isDelivered: boolean): Promise<void> {
  if (made.plan.push && isDelivered) await deliver(world, made);
  await settleRun(world.state, made);
  await closeRun(world.state, made, ended(isDelivered ? 'succeeded' : 'failed'));
}
