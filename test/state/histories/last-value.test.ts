import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../../state/runs/close.ts';
import type { RowResult } from '../../../state/imports/results.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { filesOf, letPass, listedKeys, previewed, wholeRow, type Sent, type Values } from '../observing.ts';
import { deliver, FATES, planned, sendAll, sendChunk, type Fate } from '../sending.ts';
import {
  definitionFor,
  freshState,
  newActivation,
  open,
  type SegmentRow,
  type StateWorld,
} from '../support.ts';
import { ended } from '../../support/ended.ts';

/*
 * Random histories beside a model of Actito. A file with an unknown result may have changed some profiles and
 * not others. In every case, one good run makes every profile right.
 */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const KEYS = ['a', 'b', 'c', 'd'];
/** Few values, so that members often return to former ones. */
const valuesArb = fc.constantFrom<Values>(
  ...([
    ['1', '2', '3'],
    ['9', '2', null],
    [null, '2', '3'],
    [null, null, '7'],
  ] as Values[]),
);
const segmentArb: fc.Arbitrary<SegmentRow[]> = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom(...KEYS),
    values: valuesArb,
  }),
  { selector: ({ key }) => key },
);
const perKey = <T>(arb: fc.Arbitrary<T>) =>
  fc
    .array(arb, { minLength: KEYS.length, maxLength: KEYS.length })
    .map((values) => (key: string) => values[KEYS.indexOf(key)] as T);

const stepArb = fc.record({
  segment: segmentArb,
  /** Members with a second row that contradicts the first. */
  contradicted: fc.subarray(KEYS, { maxLength: 1 }),
  /** The results of the files of this run, one after the other. */
  fates: fc.array(fc.constantFrom<Fate>(...FATES, 'confirmed', 'confirmed'), { minLength: 4, maxLength: 4 }),
  /** The results of single rows in confirmed files. */
  results: perKey(fc.constantFrom(null, null, null, 'refused', 'unmatched')),
  /** Whether a row of a file with an unknown result has reached its profile. */
  reached: perKey(fc.boolean()),
  delivery: fc.constantFrom('arrives', 'breaks', 'is not tried'),
  end: fc.constantFrom('settles', 'settles', 'settles twice', 'is killed'),
  hours: fc.constantFrom(0, 25),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

/** The last segment often equals a former one. */
const historyArb = fc
  .record({
    steps: fc.array(stepArb, { minLength: 1, maxLength: 6 }),
    former: fc.option(fc.nat(), { freq: 3 }),
    other: segmentArb,
  })
  .map(({ steps, former, other }) => ({
    steps,
    last: former === null ? other : steps[former % steps.length]!.segment,
  }));

/** The attributes of each profile. */
class Profiles {
  readonly #byKey = new Map<string, Record<string, string>>();

  /** Applies a row of a file like Actito: missing attributes stay, an empty field clears. */
  apply({ key, values }: Sent): void {
    this.#byKey.set(key, { ...this.of(key), ...values });
  }

  of(key: string): Record<string, string> {
    return this.#byKey.get(key) ?? {};
  }
}

interface World {
  definition: Definition;
  /** According to the rows of the files. */
  actito: Profiles;
  /**
   * According to the rows of the segment that reached Actito: the last value that is not null, for `c` the
   * last value.
   */
  wanted: Profiles;
  listed: string[];
  /** How often a null met a value that stays. */
  kept: number;
}

const CERTAIN: Fate[] = ['confirmed', 'untouched', 'refused'];

function hasReached({ results, reached }: Step, fate: Fate, key: string): boolean {
  return CERTAIN.includes(fate) ? fate === 'confirmed' && results(key) === null : reached(key);
}

async function runStep(at: World, step: Step): Promise<void> {
  const { definition, actito, wanted } = at;
  const segment = step.segment;
  const second = segment
    .filter(({ key }) => step.contradicted.includes(key!))
    .map(({ key }) => ({ key, values: ['other', 'other', 'other'] }));
  const run = await planned(world, definition, [...segment, ...second]);
  for (const [index, { chunk, rows }] of (await filesOf(world, run, { limit: 60 })).entries()) {
    const fate = step.fates[index % step.fates.length]!;
    const results: RowResult[] = [];
    for (const row of rows) {
      expect(step.contradicted).not.toContain(row.key);
      const outcome = fate === 'confirmed' ? step.results(row.key) : null;
      if (outcome) results.push({ key: row.key, outcome, reason: 'REASON' });
      if (!hasReached(step, fate, row.key)) continue;
      actito.apply(row);
      wanted.apply(wholeRow(segment.find(({ key }) => key === row.key)!));
    }
    await sendChunk(world, run, chunk, fate, results);
  }
  const arrives = step.delivery === 'arrives';
  if (run.plan.push && step.delivery !== 'is not tried') await deliver(world, run, { arrives });
  if (run.plan.push === null || arrives) at.listed = segment.map(({ key }) => key!).sort();
  if (step.end === 'is killed') return;
  await settleRun(world.state, run);
  if (step.end === 'settles twice') await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  expect(await listedKeys(world, definition)).toEqual(at.listed);
  await letPass(world, definition, step.hours);
}

/** Settles a killed run, like the next run that opens, and makes all retries due. */
async function calmDown({ definition, listed }: World): Promise<void> {
  const run = await open(world, definition);
  await closeRun(world.state, run, ended('cancelled'));
  expect(await listedKeys(world, definition)).toEqual(listed);
  await letPass(world, definition, 25);
}

/** A run in which everything is confirmed. */
async function lastRun(at: World, segment: SegmentRow[]): Promise<void> {
  const run = await planned(world, at.definition, segment);
  for (const { rows } of await filesOf(world, run)) {
    for (const row of rows) {
      at.actito.apply(row);
      at.wanted.apply(wholeRow(segment.find(({ key }) => key === row.key)!));
    }
  }
  await sendAll(world, run);
  if (run.plan.push) await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
}

function expectProfiles(at: World, segment: SegmentRow[]): void {
  for (const row of segment) {
    const { key, values } = wholeRow(row);
    const profile = at.actito.of(key);
    expect({ key, ...profile }).toEqual({ key, ...at.wanted.of(key) });
    expect({ key, ...profile }).toMatchObject({ key, ...values });
    for (const name of ['a', 'b']) if (!(name in values) && name in profile) at.kept++;
  }
}

function newWorld(): World {
  return {
    definition: definitionFor(newActivation()),
    actito: new Profiles(),
    wanted: new Profiles(),
    listed: [],
    kept: 0,
  };
}

/** A run of one member whose values all reach Actito. */
function oneStep(values: Values, fate: Fate): Step {
  return {
    segment: [{ key: 'a', values }],
    contradicted: [],
    fates: [fate],
    hours: 0,
    results: () => null,
    reached: () => true,
    delivery: 'arrives',
    end: 'settles',
  };
}

test('after one good run, every profile has the values of the segment, and for a null the last value that was sent', async () => {
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(historyArb, async ({ steps, last }) => {
      const at = newWorld();
      for (const step of steps) await runStep(at, step);
      await calmDown(at);
      await lastRun(at, last);
      expectProfiles(at, last);
      kept += at.kept;
      expect(await listedKeys(world, at.definition)).toEqual(last.map(({ key }) => key).sort());
      expect(await previewed(world, at.definition, last)).toMatchObject({ sends: [], push: null });
    }),
    { numRuns: 40 },
  );
  expect(kept).toBeGreaterThan(5);
}, 300_000);

const UNCERTAIN = FATES.filter((fate) => !CERTAIN.includes(fate));
test.each(UNCERTAIN)('after an import that is left %s, former values are sent again', async (fate) => {
  const at = newWorld();
  await runStep(at, oneStep(['1', '2', '3'], 'confirmed'));
  await runStep(at, oneStep(['9', '2', null], fate));
  expect(at.actito.of('a')).toEqual({ a: '9', b: '2', c: '' });
  await calmDown(at);
  await lastRun(at, [{ key: 'a', values: ['1', '2', '3'] }]);
  expect(at.actito.of('a')).toEqual({ a: '1', b: '2', c: '3' });
});

test.each(UNCERTAIN)(
  'after an import that is left %s, a null leaves the value in Actito alone',
  async (fate) => {
    const at = newWorld();
    await runStep(at, oneStep(['1', '2', '3'], 'confirmed'));
    await runStep(at, oneStep(['9', '2', '3'], fate));
    await calmDown(at);
    await lastRun(at, [{ key: 'a', values: [null, '2', null] }]);
    expect(at.actito.of('a')).toEqual({ a: '9', b: '2', c: '' });
  },
);
