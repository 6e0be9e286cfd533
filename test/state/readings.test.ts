import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { readImports, recordResult, type Result } from '../../state/imports/imports.ts';
import {
  beginReading,
  countKnownResults,
  forgetReading,
  storeResults,
  type RowResult,
} from '../../state/imports/results.ts';
import { asideTable } from '../../state/names.ts';
import type { PlannedRun } from '../../state/runs/runs.ts';
import { rows } from '../../state/state.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { deliver, intend, keySeedsOf, planned, record, tellResults } from './sending.ts';
import { definitionFor, freshState, membersOf, newActivation, type StateWorld } from './support.ts';

/*
 * Two attempts of one run read which rows of an import are in error: Temporal has given the first one up, and it goes on all
 * the same.
 */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const KEYS = ['anna', 'bob', 'carl'];
const UNMATCHED = [{ key: 'anna', outcome: 'unmatched', reason: 'PROFILE_NOT_FOUND' }] as const;
const LOST = { type: 'ImportPending', told: { reason: 'importPartLost' } };

/** A run whose import Actito has taken. */
async function posted(): Promise<{ run: PlannedRun; id: string }> {
  const segment = KEYS.map((key) => ({ key, values: ['1', '2', '3'] }));
  const run = await planned(world, definitionFor(newActivation()), segment);
  const [chunk] = await readChunks(world.state, run.run);
  const quota = { quotaKey: run.activation, limit: 9, retriesAlone: false };
  const id = (await intend(world, run, { chunk: chunk!, ...quota }))!;
  await record(world, run, id, 'posted');
  return { run, id };
}
const store = async (run: PlannedRun, reading: Awaited<ReturnType<typeof beginReading>>) =>
  storeResults(world.state, run, reading, await keySeedsOf(world.state, run.run), [...UNMATCHED]);
const statusOf = async ({ run }: PlannedRun) => (await readImports(world.state, run))[0]!.status;

async function outcomes(run: PlannedRun): Promise<unknown> {
  await deliver(world, run);
  await settleRun(world.state, run);
  return (await membersOf(world, run.activation)).map(({ key, outcome }) => [key, outcome]);
}
const ANNA_UNMATCHED = [
  ['anna', 'unmatched'],
  ['bob', 'ok'],
  ['carl', 'ok'],
];

describe('once a reading is recorded, an attempt that was given up', () => {
  test.each(['before it begins to read', 'while it reads'])(
    'changes nothing of it, if it wakes up %s',
    async (when) => {
      const { run, id } = await posted();
      const late = when === 'while it reads' ? await beginReading(world.state, run, id) : undefined;
      const reading = await tellResults(world, run, id, [...UNMATCHED]);
      await recordResult(world.state, run, id, 'confirmed', { reading });
      if (late) await expect(store(run, late)).rejects.toMatchObject(LOST);
      if (late) await expect(forgetReading(world.state, run, late)).rejects.toMatchObject(LOST);
      await expect(beginReading(world.state, run, id)).rejects.toMatchObject(LOST);
      expect(await outcomes(run)).toEqual(ANNA_UNMATCHED);
    },
  );

  test.each<[Result, Result]>([
    ['unexplained', 'confirmed'],
    ['confirmed', 'unexplained'],
    ['confirmed', 'doubtful'],
  ])('leaves it %s, and does not record %s', async (first, second) => {
    const { run, id } = await posted();
    const late = await beginReading(world.state, run, id);
    const reading = await tellResults(world, run, id, [...UNMATCHED]);
    await recordResult(world.state, run, id, first, { reading });
    await recordResult(world.state, run, id, second, { reading: late, detail: 'late' });
    await recordResult(world.state, run, id, second, { detail: 'late' });
    expect(await readImports(world.state, run.run)).toMatchObject([{ status: first, detail: null }]);
  });
});

test('what a reading has found is not recorded once another attempt has begun to read anew', async () => {
  const { run, id } = await posted();
  const reading = await tellResults(world, run, id, [...UNMATCHED]);
  const woken = await beginReading(world.state, run, id);
  expect(await countKnownResults(world.state, run.run, 1)).toBe(0);
  await expect(recordResult(world.state, run, id, 'confirmed', { reading })).rejects.toMatchObject(LOST);
  expect(await statusOf(run)).toBe('posted');
  await store(run, woken);
  await recordResult(world.state, run, id, 'confirmed', { reading: woken });
  expect(await outcomes(run)).toEqual(ANNA_UNMATCHED);
});

test('two attempts that read at once never mix what they read', async () => {
  const { run, id } = await posted();
  const both = await Promise.all([1, 2].map(() => beginReading(world.state, run, id)));
  const stored = await Promise.allSettled(both.map((reading) => store(run, reading)));
  expect(stored.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await countKnownResults(world.state, run.run, 1)).toBe(1);
});

test('what Actito says of single rows is acted on only if it explains the result', async () => {
  const refused = { key: 'anna', outcome: 'refused', reason: 'NOT_UNIQUE' } as const;
  const told = [
    { ...refused, attributes: ['a'] },
    { ...refused, key: 'bob' },
  ];
  for (const [result, count] of [['unexplained', 0] as const, ['confirmed', 2] as const]) {
    const { run, id } = await posted();
    const reading = await tellResults(world, run, id, told);
    await recordResult(world.state, run, id, result, { reading });
    expect(await world.state('rejects').where({ run: run.run })).toHaveLength(count);
    const aside = await rows(world.state, `select from ${asideTable(run.run)} where refused is not null`);
    expect(aside).toHaveLength(count / 2);
  }
});

describe.each(['in one batch', 'in two batches'])('a row that is rejected several times %s', (batches) => {
  const refused = { outcome: 'refused', reason: 'INVALID' } as const;
  const rejections = (key: string): Record<string, RowResult[]> => ({
    first: [{ key, ...refused, attributes: ['a'] }],
    second: [{ key, ...refused, reason: 'NOT_UNIQUE', attributes: ['c'] }],
    whole: [{ key, ...refused }],
    unmatched: [{ key, outcome: 'unmatched', reason: 'PROFILE_NOT_FOUND' }],
  });
  async function told(which: string[]) {
    const { run, id } = await posted();
    const seeds = await keySeedsOf(world.state, run.run);
    const reading = await beginReading(world.state, run, id);
    const all = which.map((name) => rejections('anna')[name]!);
    for (const batch of batches === 'in one batch' ? [all.flat()] : all)
      await storeResults(world.state, run, reading, seeds, batch);
    expect(await countKnownResults(world.state, run.run, 1)).toBe(1);
    await recordResult(world.state, run, id, 'confirmed', { reading });
    const rejects = `select attribute, reason from rejects where run = ? order by attribute`;
    return {
      rejects: await rows(world.state, rejects, [run.run]),
      again: await rows(world.state, `select pattern from ${asideTable(run.run)}`),
    };
  }

  test.each([['first second'], ['second first']])(
    'for values (%s) is sent again without all of them',
    async (order) => {
      expect(await told(order.split(' '))).toEqual({
        rejects: [
          { attribute: 'a', reason: 'INVALID' },
          { attribute: 'c', reason: 'NOT_UNIQUE' },
        ],
        again: [{ pattern: 'r101' }],
      });
    },
  );

  test.each([['first whole'], ['whole first'], ['first whole second']])(
    'once as a whole (%s) is not sent again',
    async (order) => {
      const rejects = [{ attribute: '', reason: 'INVALID' }];
      expect(await told(order.split(' '))).toEqual({ rejects, again: [] });
    },
  );

  test.each([['unmatched first'], ['whole unmatched'], ['unmatched whole']])(
    'once because there is no such profile (%s) is unmatched',
    async (order) => {
      expect(await told(order.split(' '))).toEqual({ rejects: [], again: [] });
    },
  );
});
