import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../state/runs/close.ts';
import { failureStreak, markPaused } from '../../state/runs/failure-streak.ts';
import { definitionFor, freshState, newActivation, open, type StateWorld } from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

/** How a run ended: a failure's word, or another outcome; `killed` never closed, `unknown` failed without a word. */
type End = 'A' | 'B' | 'succeeded' | 'held' | 'cancelled' | 'killed' | 'unknown' | 'dry A' | 'A, paused';

/** Lets an activation run so often. @returns its last run */
async function history(ends: readonly End[]): Promise<string> {
  const definition = definitionFor(newActivation());
  let last = '';
  for (const end of ends) {
    const run = await open(world, definition, { dryRun: end.startsWith('dry') });
    last = run.run;
    if (end === 'killed') continue;
    const word = /\b[AB]\b/.exec(end)?.[0];
    const outcome = ['succeeded', 'held', 'cancelled'].find((name) => name === end) as 'held' | undefined;
    await closeRun(world.state, run, { ...ended(outcome ?? 'failed')!, ...(word && { type: word }) });
    if (end === 'A, paused') await markPaused(world.state, run.run);
  }
  return last;
}

const A = (runs: number) => ({ word: 'A', runs });
test.each<[End[], ReturnType<typeof A> | null]>([
  [['A'], A(1)],
  [['A', 'A', 'A'], A(3)],
  [['succeeded', 'A', 'A'], A(2)],
  [['A', 'succeeded', 'A'], A(1)],
  [['A', 'B', 'A'], A(1)],
  [['A', 'held', 'A', 'A'], A(2)],
  [['A', 'cancelled', 'A'], A(1)],
  [['A', 'killed', 'A'], A(1)],
  [['A', 'unknown', 'A'], A(1)],
  [['A', 'dry A', 'A'], A(2)],
  [['A', 'A, paused'], A(2)],
  [['A', 'A, paused', 'A'], A(1)],
  [['A', 'A, paused', 'A', 'A'], A(2)],
  [['A', 'succeeded'], null],
  [['A', 'held'], null],
  [['A', 'unknown'], null],
])('after %j the streak is %j', async (ends, streak) => {
  expect(await failureStreak(world.state, await history(ends))).toEqual(streak);
});

test('each activation has its own streak', async () => {
  const [one] = [await history(['A', 'A']), await history(['A', 'A', 'A'])];
  expect(await failureStreak(world.state, one)).toEqual(A(2));
});
