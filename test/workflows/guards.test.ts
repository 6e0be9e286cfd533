import type { WorkflowFailedError } from '@temporalio/client';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DECIDE_WORKFLOW_TYPE } from '../../contract/decision.ts';
import { LIST } from '../support/stand.ts';
import { until } from '../setup/until.ts';
import { standWithWorker } from '../support/temporal-run.ts';

const { stand, hosted } = await standWithWorker();
beforeAll(async () => {
  await stand.actito.seedContacts(Array.from({ length: 120 }, (_, i) => ({ emailAddress: `c${i}@shop.be` })));
  await stand.warehouse.query(
    `insert into people select 'c' || i || '@shop.be', 'Ann' from generate_series(0, 119) i`,
  );
  await stand.writeActivation({ guards: {} }); // the defaults
  await hosted.run();
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
  expect(failure.message).toContain('would be removed');
  expect([outcome, shown]).toEqual(['held', 'held']);
  expect([stand.actito.calls(), stand.actito.list(LIST)?.lastRetrievedFile]).toEqual(before);
});

test('an empty segment is held', async () => {
  await stand.warehouse.query('create table kept as table people; truncate people');
  expect((await heldRun()).failure.message).toContain('The segment is empty');
  await stand.warehouse.query('insert into people table kept');
});

test('slow losses over several runs trip the guard, although no single run loses many members', async () => {
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

test('a run that passes the guards again continues from the last acknowledged run', async () => {
  await stand.writeActivation({ guards: { maxRemovedRatio: 0.5 } });
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { removed: 10, members: 75 } });
});

test('a warehouse that was not loaded recently, or fails an assertion, holds the run, and the message shows no row', async () => {
  const guards = (age: string, broken: string) => ({
    maxRemovedRatio: 1,
    freshness: { query: `select now() - interval '${age}'`, maxAge: '26h' },
    assertions: [{ query: `select email from people where ${broken};`, message: 'people from nowhere' }],
  });
  await stand.writeActivation({ guards: guards('25 hours', 'email is null') });
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded' });
  await stand.writeActivation({ guards: guards('27 hours', 'email is not null') });
  const { failure } = await heldRun();
  expect(failure.type).toBe('GuardTripped');
  expect(failure.message).toContain('The warehouse data is 27 h old');
  expect(failure.message).toContain('people from nowhere');
  expect(failure.message).not.toContain('@shop.be');
  const approve = /approve vip ([0-9a-f]{12})/.exec(failure.message)![1]!;
  expect(await (await hosted.approve(approve, { by: 'anna', reason: 'a holiday' })).result()).toMatchObject({
    notes: [
      {
        message:
          'Guards (freshness, assertions) would have held this run; anna (self-reported) approved it: a holiday',
      },
    ],
  });
});

describe('a held run', () => {
  const everyone = async (from: number) => {
    await stand.warehouse.query('truncate people');
    await stand.warehouse.query(
      `insert into people select 'c' || i || '@shop.be', 'Ann' from generate_series(${from}, 119) i`,
    );
  };
  const leave = (below: number) => everyone(below);
  const hashIn = (message: string) => /approve vip ([0-9a-f]{12})/.exec(message)![1]!;
  const listed = () => [...stand.actito.listMembers(LIST)].length;

  beforeEach(async () => {
    await stand.writeActivation({ guards: {} });
    await stand.state.raw('truncate deliveries, decisions'); // no peak of earlier tests
    await stand.writeActivation({ guards: { maxRemovedRatio: 1 } });
    await everyone(0);
    await hosted.run();
    await stand.writeActivation({ guards: {} });
  });

  test('keeps the unchanged list alive if it would expire', async () => {
    await leave(60);
    await stand.age(24);
    const before = stand.actito.list(LIST)!.expirationDate!;
    stand.actito.advanceClock(24 * 3_600_000);
    const { failure, outcome } = await heldRun();
    expect([failure.type, outcome]).toEqual(['GuardTripped', 'held']);
    await stand.actito.pollNow();
    expect(listed()).toBe(120);
    expect(stand.actito.list(LIST)!.expirationDate! > before).toBe(true);

    const delivered = stand.actito.list(LIST)!.lastRetrievedFile;
    await heldRun(); // it was renewed just now
    await stand.actito.pollNow();
    expect(stand.actito.list(LIST)!.lastRetrievedFile).toEqual(delivered);
  });

  test('continues after an approval, which the first success uses up', async () => {
    await leave(60);
    const { failure } = await heldRun();
    const approve = hashIn(failure.message);
    const result = await (await hosted.approve(approve, { by: 'anna', reason: 'a clean-up' })).result();
    expect(result).toMatchObject({
      outcome: 'succeeded',
      counts: { removed: 60 },
      notes: [
        {
          message:
            'A guard (maxRemovedRatio) would have held this run; anna (self-reported) approved it: a clean-up',
        },
      ],
    });
    expect(listed()).toBe(60);
    await everyone(0);
    await hosted.run();
    await leave(60);
    expect((await heldRun()).failure.type).toBe('GuardTripped');
  });

  test('uses its approval up once the list was delivered, even if the run fails afterwards', async () => {
    await hosted.run({ mode: 'resync', activation: 'vip' }); // a peak to compare with
    await leave(60);
    const approve = hashIn((await heldRun()).failure.message);
    stand.actito.setFault('pollerStopped', {});
    const handle = await hosted.approve(approve);
    await until('the list is delivered', async () => {
      const { rows } = await stand.state.raw<{ rows: unknown[] }>(
        `select from deliveries where members = 60 and delivered_at is not null`,
      );
      return rows.length > 0;
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    stand.actito.setFault('pollerStopped', null);
    await stand.actito.pollNow();
    expect(listed()).toBe(60);
    await leave(100);
    expect((await heldRun()).failure.type).toBe('GuardTripped');
  });

  test('is approved for the runs of the next 24 hours, up to a tenth more than was approved', async () => {
    await leave(50);
    const approve = hashIn((await heldRun()).failure.message);
    await leave(56); // 56 are removed instead of 50
    const run = await hosted.approve(approve);
    const exceeded = await run.result().catch((error: WorkflowFailedError) => error.cause);
    expect(exceeded).toMatchObject({ type: 'GuardTripped' });
    await leave(55);
    expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { removed: 55 } });
  });

  test('is still held after an expired or withdrawn approval', async () => {
    await leave(50);
    const approve = hashIn((await heldRun()).failure.message);
    await leave(60);
    const run = await hosted.approve(approve);
    await run.result().catch(() => undefined); // held: more are removed than approved
    await leave(50);
    await stand.state.raw(`update decisions set decided_at = decided_at - interval '25 hours'`);
    expect((await heldRun()).failure.type).toBe('GuardTripped');

    await stand.state.raw(`update decisions set decided_at = now()`);
    const refused = await hosted.client.workflow.execute(DECIDE_WORKFLOW_TYPE, {
      taskQueue: hosted.taskQueue,
      workflowId: `${hosted.taskQueue}/decline`,
      args: [{ decision: 'decline', activation: 'vip', plan: approve, reason: 'the orders are not loaded' }],
    });
    expect(refused).toMatchObject({ decision: 'decline', plan: approve, counts: { removed: 50 }, run: null });
    expect((await heldRun()).failure.type).toBe('GuardTripped');
  });

  test.each([
    ['applies an unknown plan', { plan: '0123456789ab' }, 'PlanUnknown'],
    ['names an invalid hash', { plan: 'latest' }, 'InvalidActivation'],
  ])('a start that %s is rejected before anything is read', async (_, more, type) => {
    const failure = await hosted
      .run({ activation: 'vip', ...more })
      .catch((error: WorkflowFailedError) => error.cause);
    expect(failure).toMatchObject({ type });
  });

  test('a plan is applied exactly, or reported as stale with what has changed', async () => {
    await leave(20);
    const planned = await hosted.run({ mode: 'preview', activation: 'vip' });
    await leave(21);
    const input = { activation: 'vip', plan: planned.planHash! };
    const stale = await hosted.run(input).catch((error: WorkflowFailedError) => error.cause);
    expect(stale).toMatchObject({
      type: 'PlanStale',
      message: expect.stringContaining('members 100 → 99, removed 20 → 21') as string,
    });
    expect(listed()).toBe(120);
    await leave(20);
    expect(await hosted.run(input)).toMatchObject({ outcome: 'succeeded', counts: { removed: 20 } });
  });
});
