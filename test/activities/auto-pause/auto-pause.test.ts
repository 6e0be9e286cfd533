import type { ScheduleDescription } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { cli, freshId } from '../../client/support.ts';
import { startStand, type Stand } from '../../support/stand.ts';
import { hostWorker, type Hosted } from '../../support/temporal-run.ts';

/*
 * Real runs of a real worker, beside a schedule that `schedule apply` made; nothing waits for its time.
 */

let stand: Stand;
let hosted: Hosted;
let id: string;
beforeAll(async () => {
  stand = await startStand();
  hosted = await hostWorker(stand);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
});
afterAll(async () => {
  await hosted?.close();
  await stand?.dispose();
});
beforeEach(() => {
  id = freshId('pausing');
});
afterEach(() =>
  handle()
    .delete()
    .catch(() => undefined),
);

const handle = () => hosted.client.schedule.getHandle(`activation/${id}`);
const state = async (): Promise<ScheduleDescription['state']> => (await handle().describe()).state;
const schedule = (command: string, ...args: string[]) =>
  cli(['schedule', command, ...args], {
    taskQueue: hosted.taskQueue,
    env: { ACTITO_SYNC_PROJECT: stand.projectFolder },
  });

const WELL = { name: 'people', table: 'people' };
const EMPTY = { name: 'people', query: 'select * from people where false' };
const MISSING_TABLE = { name: 'people', table: 'nobody' };
const MISSING_COLUMN = { name: 'people', query: 'select 1 as email_address' };

const ATTRIBUTES = [{ column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } }];

/** Writes the activation, which pauses after two failures unless it is said otherwise. */
const write = (segment: object, pauseAfter: number | 'never' | undefined = 2) =>
  stand.writeActivation(
    {
      segment,
      schedule: { every: '1 day', pauseAfter },
      guards: {},
      list: { name: id },
      attributes: ATTRIBUTES,
    },
    id,
  );

/** Lets the activation run; says the word of its failure, or its outcome. */
async function run(segment: object, input: object = {}, pauseAfter?: number | 'never'): Promise<string> {
  await write(segment, pauseAfter);
  const started = await hosted.start({ activation: id, ...input });
  return started.result().then(
    (result) => (result as { outcome: string }).outcome,
    (error: Error) => (error.cause as { type?: string }).type ?? 'unknown',
  );
}

async function scheduled(segment: object, pauseAfter?: number | 'never'): Promise<void> {
  await write(segment, pauseAfter);
  expect(await schedule('apply')).toMatchObject({ code: 0 });
}

test('a schedule whose runs fail for the same reason is paused, and its note says why and how to go on', async () => {
  await scheduled(MISSING_TABLE);
  expect(await run(MISSING_TABLE)).toBe('SegmentQueryFailed');
  expect(await state()).toMatchObject({ paused: false });
  expect(await run(MISSING_TABLE)).toBe('SegmentQueryFailed');
  const { paused, note } = await state();
  expect(paused).toBe(true);
  expect(note).toMatch(
    new RegExp(
      '^Paused by actito-sync: 2 runs in a row failed with SegmentQueryFailed\\. The last failure: .* a table does not exist.*' +
        `Mend it, and try it by: actito-sync run ${id}\\. Then let it start again by: actito-sync schedule resume ${id}$`,
    ),
  );
  expect((await schedule('apply')).out).toContain(`activation/${id}: unchanged (every 1d; paused: ${note})`);
});

test('once it is resumed, it gets as many tries again', async () => {
  await scheduled(MISSING_TABLE);
  for (let i = 0; i < 2; i++) await run(MISSING_TABLE);
  expect(await schedule('resume', id)).toMatchObject({ code: 0 });
  await run(MISSING_TABLE);
  expect(await state()).toMatchObject({ paused: false });
  await run(MISSING_TABLE);
  expect(await state()).toMatchObject({ paused: true });
});

test('a schedule that someone has paused keeps its note', async () => {
  await scheduled(MISSING_TABLE);
  await schedule('pause', id, '--note', 'warehouse is being moved');
  for (let i = 0; i < 3; i++) await run(MISSING_TABLE);
  expect(await state()).toMatchObject({ paused: true, note: 'warehouse is being moved' });
});

test.each([
  { between: 'a success', segment: WELL, ends: 'succeeded' },
  { between: 'a failure for another reason', segment: MISSING_COLUMN, ends: 'MappingInvalid' },
  { between: 'a held run', segment: EMPTY, ends: 'GuardTripped' },
])('failures with $between between them are not in a row', async ({ segment, ends }) => {
  await stand.warehouse.query(`insert into people values ('anna@shop.be')`);
  await scheduled(MISSING_TABLE);
  await run(MISSING_TABLE);
  expect(await run(segment)).toBe(ends);
  await run(MISSING_TABLE);
  expect(await state()).toMatchObject({ paused: false });
});

test.each([
  { what: 'dry runs', runs: () => run(MISSING_TABLE, { dryRun: true }) },
  { what: 'held runs', runs: () => run(EMPTY) },
  { what: 'failed runs when pauseAfter is never', runs: () => run(MISSING_TABLE, {}, 'never') },
])('$what do not pause a schedule, however many there are', async ({ runs }) => {
  await scheduled(WELL);
  for (let i = 0; i < 3; i++) await runs();
  expect(await state()).toMatchObject({ paused: false });
});

test('runs that succeed although their attributes could not be sent do not pause a schedule', async () => {
  await stand.warehouse.query(`insert into people (email, spent) values ('bob@shop.be', 7)`);
  stand.actito.setFault('importFails', {});
  await scheduled(WELL);
  for (let i = 0; i < 3; i++) expect(await run(WELL)).toBe('succeeded with rejects');
  stand.actito.setFault('importFails', null);
  expect(await state()).toMatchObject({ paused: false });
});

test('a schedule that another project made is left alone, and runs end as they end', async () => {
  await hosted.client.schedule.create({
    scheduleId: `activation/${id}`,
    memo: { actitoSyncProject: 'another' },
    spec: { intervals: [{ every: '1 day' }] },
    action: { type: 'startWorkflow', workflowType: 'runActivation', taskQueue: hosted.taskQueue },
  });
  for (let i = 0; i < 3; i++) expect(await run(MISSING_TABLE)).toBe('SegmentQueryFailed');
  expect(await state()).toMatchObject({ paused: false });
});

test('an activation without a schedule in Temporal fails as it did before', async () => {
  for (let i = 0; i < 3; i++) expect(await run(MISSING_TABLE)).toBe('SegmentQueryFailed');
  await expect(state()).rejects.toThrow(/not found/);
});
