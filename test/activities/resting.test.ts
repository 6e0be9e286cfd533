import { beforeEach, expect, test } from 'vitest';
import { cli, freshId } from '../cli/support.ts';
import { until } from '../setup/until.ts';
import { standWithWorker } from '../support/temporal-run.ts';

/* Scheduled starts, triggered in Temporal, of an activation whose runs keep failing. */

const { stand, hosted } = await standWithWorker();
let id: string;
beforeEach(async () => {
  id = freshId('resting');
  await stand.writeActivation(
    {
      segment: { name: 'people', table: 'late' },
      list: { name: id },
      schedule: { every: '1 day', pauseAfter: '2h' },
    },
    id,
  );
  await stand.actito.reset();
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query('drop table if exists late');
});

const byHand = () => end(hosted.start({ activation: id }));

async function end(started: Promise<{ result(): Promise<unknown> }>): Promise<string> {
  return (await started).result().then(
    (result) => (result as { outcome: string }).outcome,
    (error: Error) => (error.cause as { type?: string }).type ?? 'unknown',
  );
}

/** Lets this number of minutes pass, for the runs of this test. */
const later = (minutes: number) =>
  stand.state.raw(`update runs set closed_at = closed_at - ? * interval '1 minute' where activation = ?`, [
    minutes,
    id,
  ]);

const runs = async () => Number((await stand.state('runs').where({ activation: id }).count())[0]!.count);

const ask = (...args: string[]) =>
  cli(args, {
    taskQueue: hosted.taskQueue,
    env: { ACTITO_SYNC_PROJECT: stand.projectFolder, ACTITO_SYNC_DATABASE_URL: stand.stateUrl },
  });

/** Lets the schedule start once. @returns how the run ended */
async function bySchedule(): Promise<string> {
  const schedule = hosted.client.schedule.getHandle(`activation/${id}`);
  const before = (await schedule.describe()).info.recentActions.length;
  await schedule.trigger();
  let started: string | undefined;
  await until('it has started', async () => {
    const { recentActions } = (await schedule.describe()).info;
    started = recentActions.length > before ? recentActions.at(-1)!.action.workflow.workflowId : undefined;
    return started !== undefined;
  });
  return end(Promise.resolve(hosted.client.workflow.getHandle(started!)));
}

test('a schedule whose runs keep failing retries once an hour, says so, and continues once the cause is fixed', async () => {
  expect((await ask('schedule', 'apply')).code).toBe(0);
  expect(await bySchedule()).toBe('SegmentQueryFailed');
  await later(150);
  expect(await bySchedule()).toBe('SegmentQueryFailed'); // until now, the failure could have been temporary

  expect(await bySchedule()).toBe('skipped');
  expect(await runs()).toBe(2);
  const status = (await ask('status', id)).out;
  expect(status).toMatch(
    /! The schedule of \S+ is backing off: its last 2 runs failed with SegmentQueryFailed/,
  );
  expect((await ask('schedule', 'list')).out).toMatch(
    new RegExp(`^${id} .*backing off until 20\\S+Z: 2 runs failed with SegmentQueryFailed`, 'm'),
  );

  await later(61);
  expect(await bySchedule()).toBe('SegmentQueryFailed');
  expect(await bySchedule()).toBe('skipped');

  await stand.warehouse.query('create table late as select * from people');
  await later(61);
  expect(await bySchedule()).toBe('succeeded');
  expect(await bySchedule()).toBe('succeeded');
  expect((await ask('status', id)).out).not.toContain('once in a while');
});

test('a manual run always starts, and its success ends the pause', async () => {
  expect((await ask('schedule', 'apply')).code).toBe(0);
  await byHand();
  await later(150);
  expect(await byHand()).toBe('SegmentQueryFailed');
  expect(await bySchedule()).toBe('skipped');
  expect(await byHand()).toBe('SegmentQueryFailed');

  await stand.warehouse.query('create table late as select * from people');
  expect(await byHand()).toBe('succeeded');
  expect(await bySchedule()).toBe('succeeded');
});
