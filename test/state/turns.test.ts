import { afterAll, beforeAll, expect, test } from 'vitest';
import { assignChunks, readChunks, setAside } from '../../state/imports/chunks.ts';
import { closeRun } from '../../state/runs/close.ts';
import { fenced } from '../../state/runs/lease.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { deliver, keySeedsOf, planned, sendChunk, type Fate } from './sending.ts';
import { definitionFor, freshState, membersOf, newActivation, type StateWorld } from './support.ts';
import { goodUndo } from './undoing.ts';

/* Turns of files with few imports a day. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

/** Three patterns of null values, all of whose members change with every run. */
const segment = (day: string) => [
  ...['anna', 'bob', 'carl'].map((key) => ({ key, values: [day, day, day] })),
  ...['dora', 'emil'].map((key) => ({ key, values: [day, null, day] })),
  { key: 'finn', values: [null, day, day] },
];

/** Runs that may send one file each. @returns the patterns of these, in order */
async function turns(days: number, fateOf: (pattern: string) => Fate = () => 'confirmed'): Promise<string[]> {
  const definition = definitionFor(newActivation());
  const sent: string[] = [];
  for (let day = 1; day <= days; day++) {
    const run = await planned(world, definition, segment(String(day)));
    const [chunk] = await readChunks(world.state, run.run);
    await sendChunk(world, run, chunk!, fateOf(chunk!.pattern));
    sent.push(chunk!.pattern);
    if (run.plan.push) await deliver(world, run);
    await settleRun(world.state, run);
    await closeRun(world.state, run, null);
  }
  return sent;
}

test('with one import a run, the largest file goes first, then the file that waits longest: every file gets its turn', async () => {
  expect(await turns(7)).toEqual(['000', '010', '100', '000', '010', '100', '000']);
});

test.each(['doubtful', 'refused'] as const)(
  'a file that is %s every time has had its turn, and does not delay the others',
  async (fate) => {
    const sent = await turns(6, (pattern) => (pattern === '000' ? fate : 'confirmed'));
    expect(sent).toEqual(['000', '010', '100', '000', '010', '100']);
  },
);

test('rows that are set aside after all former ones were sent do not count as sent', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, segment('1'));
  const bad = [{ attribute: 'a', reason: 'ValueTooLong' }];
  const seeds = await keySeedsOf(world.state, run.run);
  const aside = (...keys: string[]) =>
    setAside(
      world.state,
      run,
      run,
      seeds,
      keys.map((key) => ({ key, pattern: '100', bad })),
    );
  const assign = () => fenced(world.state, run, (trx) => assignChunks(trx, run));
  await aside('anna', 'carl');
  await assign();
  const first = (await readChunks(world.state, run.run)).find(({ pattern }) => pattern.startsWith('v'));
  await sendChunk(world, run, first!, 'confirmed');
  await aside('bob');
  expect(await assign()).toBe(1);
  await deliver(world, run);
  await settleRun(world.state, run);
  const confirmed = (await membersOf(world, definition.activation.id)).filter(
    ({ hashes }) => hashes !== null,
  );
  expect(confirmed.map(({ key }) => key)).toEqual(['anna', 'carl']);
});

test('an undo between two runs keeps the turn of the waiting file', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, segment('1'));
  const [largest] = await readChunks(world.state, run.run);
  await sendChunk(world, run, largest!, 'confirmed');
  await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  await goodUndo(world, definition, run.run);
  const next = await planned(world, definition, segment('2'));
  const [first] = await readChunks(world.state, next.run);
  expect([largest!.pattern, first!.pattern]).toEqual(['000', '010']);
});
