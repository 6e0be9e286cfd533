import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { readImports } from '../../state/imports/imports.ts';
import { closeShared } from '../../state/imports/parts.ts';
import { gather } from '../../state/imports/sharing.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { intend as intendFile, planned } from './sending.ts';
import { definitionFor, freshState, newActivation, type StateWorld } from './support.ts';

/* Attempts of one import at the same instant: an abandoned attempt may still be active. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Planned = Awaited<ReturnType<typeof planned>>;
const newRun = (key: string) =>
  planned(world, definitionFor(newActivation()), [{ key, values: ['1', '2', '3'] }]);
const intend = (run: Planned, quotaKey: string) =>
  intendFile(world, run, {
    chunk: { no: 1, retries: 1 },
    quotaKey,
    limit: 1_000,
    retriesAlone: false,
  });
/** The chunk contains a member that is only sent again, so the activation's row is written. */
async function joins(run: Planned, quotaKey: string) {
  const [chunk] = await readChunks(world.state, run.run);
  const wanted = { quotaKey, shape: 's', within: 600_000, limit: 1_000 };
  await gather(world.state, run, run, { chunk: { ...chunk!, retries: 1 }, ...wanted });
  return (await readImports(world.state, run.run)).at(-1)!;
}
const timesAtOnce = <T>(times: number, call: () => Promise<T>) =>
  Promise.all(Array.from({ length: times }, call));

test('attempts of one import with retries at the same instant follow each other', async () => {
  const run = await newRun('anna');
  for (let round = 0; round < 10; round++)
    expect(await timesAtOnce(4, () => intend(run, 'table'))).not.toContain(null);
});

test('attempts to share one import at the same instant get the same share', async () => {
  for (let round = 0; round < 5; round++) {
    const run = await newRun('anna');
    const shares = await timesAtOnce(4, () => joins(run, `table ${round}`));
    expect(new Set(shares.map(({ id }) => id)).size).toBe(1);
  }
});

test('activations that share an import, send an import of their own, and settle at the same instant do not block each other', async () => {
  for (let round = 0; round < 5; round++) {
    const quotaKey = `shared ${round}`;
    const [leader, follower, other] = [await newRun('anna'), await newRun('bob'), await newRun('carl')];
    const { id } = await joins(leader, quotaKey);
    await joins(follower, quotaKey);
    const shared = await closeShared(world.state, leader, id);
    const ended = await Promise.allSettled([
      intendFile(world, leader, {
        chunk: { no: 1, retries: 1 },
        quotaKey,
        limit: 1_000,
        retriesAlone: false,
        shared,
      }),
      ...[leader, follower, other].flatMap((run) => [joins(run, quotaKey), intend(run, quotaKey)]),
      settleRun(world.state, follower),
    ]);
    const failed = ended.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    for (const reason of failed) expect(reason).toMatch(/ImportPending|RunSuperseded/);
  }
});
