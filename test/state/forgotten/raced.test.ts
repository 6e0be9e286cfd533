import { expect, test } from 'vitest';
import { publish } from '../../../state/delta/publish.ts';
import { readRun } from '../../../state/runs/runs.ts';
import { until } from '../../setup/until.ts';
import { goodRun } from '../sending.ts';
import { compareInto, extract, membersOf, open } from '../support.ts';
import { ANNA, BOB, forgettingForTests, person } from './support.ts';

const gdpr = forgettingForTests();
const CHANGED_ANNA = { ...ANNA, values: ['new', '2', '3'] };

/** Starts an erasure that waits for the activation's row, runs `beside`, and lets the erasure continue. */
async function eraseBeside<T>(key: string, beside: () => Promise<T>): Promise<T> {
  const { record } = await gdpr.record(key);
  const keeper = await gdpr.world.state.transaction();
  await keeper.raw('select from activations where id = ? for share', [gdpr.vip]);
  const erasing = gdpr.erase(record);
  await until('the erasure waits', async () => {
    const { rows } = await gdpr.world.state.raw<{ rows: unknown[] }>(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
  const result = await beside();
  await keeper.rollback();
  expect(await erasing).toMatchObject({ members: 1, listed: 1 });
  return result;
}

test('a dry run that compared beside an erasure cannot publish, and compares again without the person', async () => {
  await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
  const segment = [CHANGED_ANNA, BOB, person('carl-4713')];
  const { run, early } = await eraseBeside('anna-4711', async () => {
    const opened = await open(gdpr.world, gdpr.definition, { dryRun: true });
    return { run: opened, early: await compareInto(gdpr.world, opened, segment) };
  });
  await expect(publish(gdpr.world.state, run, early.attempt, early.found)).rejects.toMatchObject({
    type: 'RunUnderWay',
    retryable: true,
    message: expect.not.stringContaining('anna'),
  });
  expect(await extract(gdpr.world, run, segment)).toMatchObject({
    counts: { read: 3, forgotten: 1, members: 2, added: 1, removed: 0 },
  });
  expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
});

test.each([
  ['a run', false],
  ['a dry run', true],
])('%s whose workflow is gone cannot publish what it compared before an erasure', async (_, dryRun) => {
  await goodRun(gdpr.world, gdpr.definition, [BOB]);
  const run = await open(gdpr.world, gdpr.definition, { dryRun });
  const late = await compareInto(gdpr.world, run, [ANNA, BOB]); // who is not a member yet
  expect(await gdpr.tablesWith('anna-4711')).toEqual([`delta_${run.run}_1`]);
  expect(await gdpr.forget('anna-4711')).toMatchObject({ members: 0 });
  await expect(publish(gdpr.world.state, run, late.attempt, late.found)).rejects.toMatchObject({
    type: 'RunSuperseded',
  });
  expect(await readRun(gdpr.world.state, run.run)).toMatchObject({ plan: null, outcome: 'failed' });
  expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
  expect(await membersOf(gdpr.world, gdpr.vip)).toMatchObject([{ key: 'bob-4712' }]);
  const next = await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
  expect(next.counts).toMatchObject({ forgotten: 1, members: 1, added: 0 });
});
