import { expect, test } from 'vitest';
import { completeRecord } from '../../../state/forgotten/record.ts';
import { rows } from '../../../state/state.ts';
import { deliver, goodRun, planned, sendAll } from '../sending.ts';
import { activationRow, everyoneIsThere, execution, membersOf } from '../support.ts';
import { ANNA, BOB, forgettingForTests, person } from './support.ts';

const gdpr = forgettingForTests();

test('the erasure waits for a running run, and then erases what it brought back', async () => {
  await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
  const run = await planned(gdpr.world, gdpr.definition, [
    { ...ANNA, values: ['new', '2', '3'] },
    BOB,
    person('carl'),
  ]);
  const { record: number } = await gdpr.record('anna-4711');
  await expect(gdpr.erase(number, { isOpen: everyoneIsThere })).rejects.toMatchObject({
    type: 'RunUnderWay',
    message: expect.stringContaining(`The workflow activation/${gdpr.vip} is still running`),
  });
  await sendAll(gdpr.world, run);
  await deliver(gdpr.world, run);
  // The workflow is killed: its run is settled first, and then erased from.
  expect(await gdpr.erase(number)).toMatchObject({ members: 1, listed: 1 });
  expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
  expect(await membersOf(gdpr.world, gdpr.vip)).toMatchObject([
    { key: 'bob-4712' },
    { key: 'carl', listed: true },
  ]);
  expect(await activationRow(gdpr.world, gdpr.vip)).toMatchObject({
    list_members: '2',
    list_dirty: true,
    holder_run: null,
  });
});

test('the erasure waits for a running dry run, which has read the person', async () => {
  await planned(gdpr.world, gdpr.definition, [ANNA], { dryRun: true });
  const { record: number } = await gdpr.record('anna-4711');
  await expect(gdpr.erase(number, { isOpen: everyoneIsThere })).rejects.toMatchObject({
    type: 'RunUnderWay',
  });
});

test('a repeated attempt keeps what the first one has found', async () => {
  await goodRun(gdpr.world, gdpr.definition, [ANNA]);
  const { record: number } = await gdpr.record('anna-4711');
  const by = execution('forget');
  expect(await gdpr.erase(number, { by })).toEqual(await gdpr.erase(number, { by }));
  expect(await rows(gdpr.world.state, 'select members, listed from erasures')).toEqual([
    { members: '1', listed: '1' },
  ]);
});

test('the same request in another spelling finds the record, which is open again until everything is erased', async () => {
  const first = await gdpr.record('Anna@Shop.be');
  await completeRecord(gdpr.world.state, first.record);
  expect(await gdpr.record(' anna@SHOP.be ')).toEqual({ record: first.record, already: true });
  const open = await rows(gdpr.world.state, 'select no from forgotten where completed_at is null');
  expect(open).toEqual([{ no: first.record }]);
  expect(await gdpr.record('bob@shop.be')).toMatchObject({ already: false });
});

test('two identical requests at the same time create one record', async () => {
  const both = await Promise.all([gdpr.record('anna-4711'), gdpr.record('anna-4711')]);
  expect(new Set(both.map(({ record: number }) => number)).size).toBe(1);
  expect(both.map(({ already }) => already).sort()).toEqual([false, true]);
});
