import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAILURE_TYPES } from '../../contract/failure.ts';
import { closeRun } from '../../state/runs/close.ts';
import { LASTING, restOf } from '../../state/runs/rest.ts';
import { ended } from '../support/ended.ts';
import { definitionFor, freshState, newActivation, open, type StateWorld } from './support.ts';
import { repeats } from '../setup/repeats.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

/** How a run ended, and how many minutes ago. `A` and `B` are permanent types; `passing` is a temporary one. */
type End = 'A' | 'B' | 'passing' | 'succeeded' | 'held' | 'cancelled' | 'killed' | 'dry A';
const TYPES: Partial<Record<End, string>> = {
  A: 'MappingInvalid',
  B: 'SegmentQueryFailed',
  passing: 'StateUnavailable',
  'dry A': 'MappingInvalid',
};

/** Lets an activation run. @returns whether its schedule is now paused */
async function restsAfter(
  ends: [End, number][],
  { pauseAfter = 120, validity = 48 * 60, edited = false } = {},
) {
  const usual = definitionFor(newActivation());
  const definition = {
    ...usual,
    activation: {
      ...usual.activation,
      list: { ...usual.activation.list, validity: validity * 60_000 },
      schedule: { every: 60_000, pauseAfter: pauseAfter * 60_000 },
    },
  };
  for (const [end, ago] of ends) {
    const run = await open(world, definition, { dryRun: end.startsWith('dry') });
    if (end === 'killed') continue;
    const outcome = ['succeeded', 'held', 'cancelled'].find((name) => name === end) as 'held' | undefined;
    const type = TYPES[end];
    await closeRun(world.state, run, { ...ended(outcome ?? 'failed')!, ...(type && { type }) });
    await world.state.raw(`update runs set closed_at = now() - ? * interval '1 minute' where no = ?`, [
      ago,
      run.run,
    ]);
  }
  const now = edited ? { ...definition, segment: 'edited' } : definition;
  return restOf(world.state, definition.activation.id, now);
}

test.each<[string, [End, number][]]>([
  [
    'failures of the same type that began long enough ago',
    [
      ['A', 150],
      ['A', 20],
    ],
  ],
  [
    'many of them',
    [
      ['A', 300],
      ['A', 200],
      ['A', 100],
      ['A', 59],
    ],
  ],
  [
    'a dry run among them',
    [
      ['A', 150],
      ['dry A', 60],
      ['A', 20],
    ],
  ],
  [
    'failures after a success',
    [
      ['succeeded', 200],
      ['A', 150],
      ['A', 20],
    ],
  ],
])('a schedule rests after %s', async (_, ends) => {
  expect(await restsAfter(ends)).toMatchObject({ type: 'MappingInvalid' });
});

test.each<[string, [End, number][]]>([
  ['the first failure', [['A', 5]]],
  [
    'failures that have not lasted long',
    [
      ['A', 100],
      ['A', 50],
      ['A', 5],
    ],
  ],
  [
    'failures of which the last one is an hour old',
    [
      ['A', 300],
      ['A', 61],
    ],
  ],
  [
    'failures of different types',
    [
      ['A', 150],
      ['B', 20],
    ],
  ],
  [
    'temporary failures',
    [
      ['passing', 150],
      ['passing', 20],
    ],
  ],
  [
    'a success',
    [
      ['A', 150],
      ['A', 50],
      ['succeeded', 20],
    ],
  ],
  [
    'a success between failures',
    [
      ['A', 150],
      ['succeeded', 90],
      ['A', 20],
    ],
  ],
  [
    'a held run between failures',
    [
      ['A', 150],
      ['held', 90],
      ['A', 20],
    ],
  ],
  [
    'a canceled run',
    [
      ['A', 150],
      ['cancelled', 20],
    ],
  ],
  [
    'a killed run between failures',
    [
      ['A', 150],
      ['killed', 0],
      ['A', 20],
    ],
  ],
])('a schedule keeps retrying after %s', async (_, ends) => {
  expect(await restsAfter(ends)).toBeUndefined();
});

test('changed files are tried at once', async () => {
  const ends: [End, number][] = [
    ['A', 150],
    ['A', 20],
  ];
  expect(await restsAfter(ends, { edited: true })).toBeUndefined();
  expect(await restsAfter(ends, { edited: false })).toBeDefined();
});

test('however long the failures last, one start an hour or a quarter of the validity later is a real attempt', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 90 }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 2_000 }),
      async (ago, lasted, validity) => {
        fc.pre(Math.min(60, validity / 4) !== ago);
        const rest = await restsAfter(
          [
            ['A', ago + lasted],
            ['A', ago],
          ],
          { pauseAfter: 120, validity },
        );
        expect(rest !== undefined).toBe(lasted >= 120 && ago < Math.min(60, validity / 4));
      },
    ),
    { numRuns: repeats(40) },
  );
});

test('each type of failure either passes without help or lasts until a person fixes its cause', () => {
  const passing = Object.keys(FAILURE_TYPES).filter((type) => !(LASTING as string[]).includes(type));
  expect(passing.filter((type) => !FAILURE_TYPES[type as keyof typeof FAILURE_TYPES].retryable)).toEqual([
    'PlanStale',
    'PlanUnknown',
    'RunSuperseded',
    'ActivationBusy',
  ]);
  expect(LASTING.filter((type) => FAILURE_TYPES[type].retryable)).toEqual([]);
});
