import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Run } from '../../state/runs/runs.ts';
import { closeRun } from '../../state/runs/close.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { ended } from '../support/ended.ts';
import { intend as intendFile, planned, record, type Fate } from './sending.ts';
import { activationRow, definitionFor, freshState, newActivation, type StateWorld } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

let licences = 0;
const newQuota = (limit: number) => ({ quotaKey: `licence ${++licences}`, limit, retriesAlone: false });

const newRun = () =>
  planned(world, definitionFor(newActivation()), [{ key: 'anna', values: ['1', '2', '3'] }]);
type Quota = ReturnType<typeof newQuota>;
let chunks = 0;
/** Each time for another chunk, since the next import of the same one abandons the former. */
const intend = (run: Run, quota: Quota, retries = 0, no = ++chunks) =>
  intendFile(world, run, { chunk: { no, retries }, ...quota });

test('imports of all activations count, until the limit of the table is reached', async () => {
  const quota = newQuota(3);
  const [one, other] = [await newRun(), await newRun()];
  for (const run of [one, other, one]) expect(await intend(run, quota)).not.toBeNull();
  expect(await intend(one, quota)).toBeNull();
  expect(await intend(other, quota)).toBeNull();
  const stored = await rows(world.state, 'select from imports where quota_key = ?', [quota.quotaKey]);
  expect(stored).toHaveLength(3);
});

test('each table of each license has its own quota', async () => {
  const run = await newRun();
  expect(await intend(run, newQuota(1))).not.toBeNull();
  expect(await intend(run, newQuota(1))).not.toBeNull();
});

const COUNTED: Exclude<Fate, 'untouched'>[] = ['intended', 'posted', 'confirmed', 'doubtful', 'unexplained'];
test.each(COUNTED)('an import that is %s counts', async (status) => {
  const quota = newQuota(1);
  const run = await newRun();
  await record(world, run, (await intend(run, quota))!, status);
  expect(await intend(run, quota)).toBeNull();
});

test('an import that Actito certainly did not accept does not count', async () => {
  const quota = newQuota(1);
  const run = await newRun();
  for (let i = 0; i < 3; i++) {
    const id = await intend(run, quota);
    expect(id).not.toBeNull();
    await record(world, run, id!, 'refused');
  }
});

test('an import whose call was abandoned before it was complete does not count', async () => {
  const quota = newQuota(1);
  const run = await newRun();
  const again = () => intend(run, quota, 0, 1);
  for (let i = 0; i < 3; i++) expect(await again()).not.toBeNull();
  await world.state.raw('update imports set completing_at = now() where run = ?', [run.run]);
  expect(await again()).toBeNull();
});

test.each([
  ['not complete', false],
  ['complete', true],
])('an import whose call was %s when its run ended counts: %s', async (_, complete) => {
  const quota = newQuota(1);
  const [run, next] = [await newRun(), await newRun()];
  const id = await intend(run, quota, 0, 1);
  if (complete) await world.state.raw('update imports set completing_at = now() where id = ?', [id!]);
  expect(await intend(next, quota)).toBeNull();
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('failed'));
  expect((await intend(next, quota)) === null).toBe(complete);
});

test('an import counts for 24 hours', async () => {
  const quota = newQuota(1);
  const run = await newRun();
  const id = await intend(run, quota);
  const setAge = (age: string) =>
    world.state.raw(`update imports set intended_at = now() - cast(? as interval) where id = ?`, [age, id!]);
  await setAge('23 hours 59 minutes');
  expect(await intend(run, quota)).toBeNull();
  await setAge('24 hours 1 minute');
  expect(await intend(run, quota)).not.toBeNull();
});

test('if many activations ask at once, no more than the limit get an import', async () => {
  const quota = newQuota(4);
  const runs = [await newRun(), await newRun(), await newRun()];
  const answers = await Promise.all(Array.from({ length: 9 }, (_, i) => intend(runs[i % 3]!, quota)));
  expect(answers.filter((id) => id !== null)).toHaveLength(4);
});

test.each([true, false])(
  'an import with retries is remembered, and one that the quota rejects is not (retries alone: %s)',
  async (retriesAlone) => {
    const quota = { ...newQuota(2), retriesAlone };
    const [without, one, other] = [await newRun(), await newRun(), await newRun()];
    expect(await intend(without, quota)).not.toBeNull();
    expect(await intend(one, quota, 1)).not.toBeNull();
    expect(await intend(other, quota, 1)).toBeNull();
    const retriedAt = async ({ activation }: Run) => (await activationRow(world, activation)).retried_at;
    expect(await retriedAt(one)).toBeInstanceOf(Date);
    expect([await retriedAt(without), await retriedAt(other)]).toEqual([null, null]);
  },
);
