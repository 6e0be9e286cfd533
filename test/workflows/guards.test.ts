import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIST, startStand, type Stand } from '../support/stand.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';

let stand: Stand;
let hosted: Hosted;
beforeAll(async () => {
  stand = await startStand();
  hosted = await hostWorker(stand);
  await stand.actito.seedContacts(Array.from({ length: 120 }, (_, i) => ({ emailAddress: `c${i}@shop.be` })));
  await stand.warehouse.query(
    `insert into people select 'c' || i || '@shop.be', 'Ann' from generate_series(0, 119) i`,
  );
  await stand.writeActivation({ guards: {} }); // the defaults
  await hosted.run();
});
afterAll(async () => {
  await hosted?.close();
  await stand?.dispose();
});

async function heldRun() {
  const handle = await hosted.start({ activation: 'vip' });
  const failure = await handle.result().then(
    () => expect.fail('the run should have been held'),
    (error: { cause: { type: string; message: string } }) => error.cause,
  );
  const { typedSearchAttributes } = await handle.describe();
  const { rows } = await stand.state.raw<{ rows: { outcome: string }[] }>(
    'select outcome from runs order by no desc limit 1',
  );
  return {
    failure,
    outcome: rows[0]!.outcome,
    shown: typedSearchAttributes.getAll().find(({ key }) => key.name === 'RunOutcome')?.value,
  };
}

test('a segment that lost half of its members is held, and nothing is written', async () => {
  await stand.warehouse.query(`delete from people where email < 'c5'`);
  const before = [stand.actito.calls(), stand.actito.list(LIST)?.lastRetrievedFile];
  const { failure, outcome, shown } = await heldRun();
  expect(failure.type).toBe('GuardTripped');
  expect(failure.message).toContain('would leave the list');
  expect([outcome, shown]).toEqual(['held', 'held']);
  expect([stand.actito.calls(), stand.actito.list(LIST)?.lastRetrievedFile]).toEqual(before);
});

test('an empty segment is held', async () => {
  await stand.warehouse.query('create table kept as table people; truncate people');
  expect((await heldRun()).failure.message).toContain('no members');
  await stand.warehouse.query('insert into people table kept');
});

test('an erosion over several runs trips the guard, although no single run loses much', async () => {
  await stand.warehouse.query(
    `truncate people; insert into people select 'c' || i || '@shop.be', 'Ann' from generate_series(0, 119) i`,
  );
  await hosted.run();
  for (const left of [100, 85]) {
    await stand.warehouse.query(
      `delete from people where cast(substring(email from 'c(\\d+)') as int) >= ${left}`,
    );
    expect(await hosted.run()).toMatchObject({ outcome: 'succeeded' });
  }
  await stand.warehouse.query(`delete from people where cast(substring(email from 'c(\\d+)') as int) >= 75`);
  expect((await heldRun()).failure.type).toBe('GuardTripped');
});

test('a run that meets the guards again goes on where the last acknowledged one ended', async () => {
  await stand.writeActivation({ guards: { maxRemovedRatio: 0.5 } });
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { removed: 10, members: 75 } });
});
