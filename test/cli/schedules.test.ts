import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyChange, planSchedules } from '../../client/schedule-plan.ts';
import { scheduledProject, type ScheduledProject } from './scheduled-project.ts';
import { cli, connectClient, freshId } from './support.ts';

let client: Client;
let project: ScheduledProject;
/** The ids of two activations of only this test. */
let daily: string;
let often: string;

beforeAll(async () => {
  client = await connectClient();
});
afterAll(() => client?.connection.close());
beforeEach(async () => {
  project = await scheduledProject(client);
  daily = await project.write('daily', { cron: '0 6 * * *', timezone: 'Europe/Paris' });
  often = await project.write('often', { every: '15m' });
});
afterEach(() => project.dispose());

const change = (out: string, id: string) => project.said(out, id)?.[0];

test('the first apply creates the schedules, and the second finds them unchanged and changes nothing', async () => {
  const first = await project.apply();
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(project.said(first.out, daily)).toEqual([
    'created',
    expect.stringMatching(/^0 6 \* \* \*, Europe\/Paris; next run 20\S+Z$/),
  ]);
  expect(project.said(first.out, often)).toEqual(['created', expect.stringMatching(/^every 15m; next run/)]);

  const second = await project.apply();
  expect([change(second.out, daily), change(second.out, often)]).toEqual(['unchanged', 'unchanged']);
  expect((await project.describe(daily)).info.lastUpdatedAt).toBeUndefined();
});

test('a schedule starts the workflow with only the name of the activation, never two at a time', async () => {
  await project.apply();
  const { spec, action, policies } = await project.describe(daily);
  expect(spec).toMatchObject({ timezone: 'Europe/Paris', jitter: 60_000 });
  expect(spec.calendars).toMatchObject([{ hour: [{ start: 6 }], minute: [{ start: 0 }] }]);
  expect(action).toMatchObject({
    workflowType: 'runActivation',
    workflowId: `activation/${daily}`,
    taskQueue: project.taskQueue,
  });
  expect(action.args).toEqual([{ activation: daily }]);
  expect(policies).toMatchObject({ overlap: 'SKIP' });

  const { spec: interval } = await project.describe(often);
  expect(interval).toMatchObject({ intervals: [{ every: 900_000 }], jitter: 90_000 });
});

test.each<[schedule: object, hours: number]>([
  [{ every: '15m' }, 0.25],
  [{ every: '7 days' }, 7 * 24],
  [{ cron: '*/5 * * * *' }, 1 + 1 / 12],
  [{ cron: '0 6 * * *' }, 25],
  [{ cron: '0 6 * * MON-FRI' }, 3 * 24 + 1],
  [{ calendar: { hour: 6, dayOfMonth: 1 } }, 31 * 24 + 1],
  [{ cron: '0 6 29 2 *' }, 366 * 24],
])(
  'a start of %j that an outage delayed happens until the next one is due: for %f hours',
  async (schedule, hours) => {
    const id = await project.write('late', schedule);
    await project.apply();
    const { policies } = await project.describe(id);
    expect(policies.catchupWindow / 3_600_000).toBeCloseTo(hours, 6);
  },
);

test('a calendar keeps its time zone: the starts are on its days and hours there', async () => {
  const calendar = { dayOfWeek: ['MONDAY', 'FRIDAY'], hour: [6, 18], minute: 30 };
  const id = await project.write('weekly', { calendar, timezone: 'America/New_York' });
  const { out } = await project.apply();
  expect(project.said(out, id)).toEqual([
    'created',
    expect.stringMatching(
      /^\{ dayOfWeek: \[MONDAY, FRIDAY\], hour: \[6, 18\], minute: 30 \}, America\/New_York; next run/,
    ),
  ]);

  const { spec, info } = await project.describe(id);
  expect(spec.timezone).toBe('America/New_York');
  const options = { weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const there = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'America/New_York' });
  const starts = info.nextActionTimes.map((start) => there.format(start));
  expect(new Set(starts)).toEqual(new Set(['Monday 06:30', 'Monday 18:30', 'Friday 06:30', 'Friday 18:30']));
});

test.each([
  { calendar: { hour: 0 } },
  { calendar: { hour: [18, 6, 6], minute: [30, 0] } },
  { calendar: { hour: 6, dayOfMonth: [1, 15], month: ['MARCH', 'JANUARY', 'FEBRUARY'] } },
  { calendar: { hour: 6, dayOfWeek: ['SUNDAY', 'SATURDAY'] }, timezone: 'UTC' },
  { cron: '*/10 8-18 * * MON-FRI', timezone: 'Europe/Paris' },
  { cron: ' 0  6 1,15 * *' },
  { every: '90m' },
])('%j is read back as it was created', async (schedule) => {
  const id = await project.write('again', schedule);
  expect(change((await project.apply()).out, id)).toBe('created');
  expect(change((await project.apply()).out, id)).toBe('unchanged');
});

test('activations of the same hour do not all start at once', async () => {
  const twin = await project.write('twin', { cron: '0 6 * * *', timezone: 'Europe/Paris' });
  await project.apply();
  const starts = async (id: string) => (await project.describe(id)).info.nextActionTimes.map(Number);
  expect(await starts(twin)).not.toEqual(await starts(daily));
});

test('a schedule that is created again starts when the old one would have: its delays come from its name', async () => {
  await project.apply();
  const starts = async () => (await project.describe(daily)).info.nextActionTimes.map(Number);
  const before = await starts();
  await client.schedule.getHandle(`activation/${daily}`).delete();

  expect(change((await project.apply()).out, daily)).toBe('created');
  expect(await starts()).toEqual(before);
  expect(before.some((start) => start % 60_000 !== 0)).toBe(true);
});

test('a second pause keeps both notes, and one without a note keeps the first', async () => {
  await project.apply();
  const pause = (...note: string[]) =>
    cli(['schedule', 'pause', daily, ...note], {
      taskQueue: project.taskQueue,
      env: { ACTITO_SYNC_PROJECT: project.folder },
    });
  expect((await pause('--note', 'warehouse moves')).out).toMatch(/: paused: warehouse moves\n$/);
  for (const note of [['--note', 'bad load'], [], ['--note', 'bad load']]) {
    expect((await pause(...note)).out).toMatch(/: paused: warehouse moves; bad load\n$/);
  }
  const { state } = await project.describe(daily);
  expect(state).toMatchObject({ paused: true, note: 'warehouse moves; bad load' });
});

test('a changed schedule is updated, and stays paused with its note', async () => {
  await project.apply();
  await client.schedule.getHandle(`activation/${daily}`).pause('closed for the holidays');
  await project.write('daily', { cron: '30 7 * * *', timezone: 'Europe/Paris' }, daily);

  const { out } = await project.apply();
  expect(project.said(out, daily)).toEqual([
    'updated',
    '30 7 * * *, Europe/Paris; paused: closed for the holidays',
  ]);
  expect(out).toContain('  times: 0 6 * * * → 30 7 * * *\n');
  expect(change(out, often)).toBe('unchanged');
  const { spec, state } = await project.describe(daily);
  expect(spec.calendars).toMatchObject([{ hour: [{ start: 7 }], minute: [{ start: 30 }] }]);
  expect(state).toMatchObject({ paused: true, note: 'closed for the holidays' });
  expect(change((await project.apply()).out, daily)).toBe('unchanged');
});

test.each([
  {
    from: { cron: '0 6 * * *' },
    to: { cron: '0 6 * * *', timezone: 'Europe/Paris' },
    told: ['time zone: UTC → Europe/Paris'],
  },
  {
    from: { cron: '0 6 * * *' },
    to: { every: '1 day' },
    told: ['times: 0 6 * * * → every 1d', 'jitter: 1m → 5m'],
  },
  { from: { every: '90m' }, to: { every: '2h' }, told: ['times: every 90m → every 2h'] },
  {
    from: { calendar: { hour: 6 } },
    to: { calendar: { hour: 6, dayOfWeek: 'MONDAY' } },
    told: ['times: { hour: 6 } → { dayOfWeek: MONDAY, hour: 6 }'],
  },
  {
    from: { calendar: { hour: 6 } },
    to: { cron: '0 6 * * *' },
    told: ['times: { hour: 6 } → 0 6 * * *'],
  },
])('a change from $from to $to is reported field by field', async ({ from, to, told }) => {
  const id = await project.write('moving', from);
  await project.apply();
  await project.write('moving', to, id);
  const { out } = await project.apply();
  expect(change(out, id)).toBe('updated');
  for (const line of told) expect(out).toContain(`\n  ${line}\n`);
});

test('manual changes are reverted and reported', async () => {
  await project.apply();
  await client.schedule.getHandle(`activation/${daily}`).update((found) => ({
    ...found,
    spec: { ...found.spec, endAt: new Date('2030-01-01T00:00:00Z') },
    policies: { ...found.policies, overlap: ScheduleOverlapPolicy.BUFFER_ALL },
  }));

  const { out } = await project.apply();
  expect(change(out, daily)).toBe('updated');
  expect(out).toContain('  limits: until 2030-01-01T00:00:00.000Z → none\n  overlap: BUFFER_ALL → SKIP\n');
  const { spec, policies } = await project.describe(daily);
  expect([spec.endAt, policies.overlap]).toEqual([undefined, 'SKIP']);
});

test('times that Temporal does not accept are reported with their activation', async () => {
  const id = freshId('wrong');
  const activations = [
    { id, schedule: { cron: '61 * * * *', timezone: 'Europe/Paris', pauseAfter: 21_600_000 } },
  ];
  const { changes } = await planSchedules(client, activations, { project: 'p', taskQueue: 'nobody' });
  await expect(applyChange(client, changes[0]!)).rejects.toMatchObject({
    type: 'ConfigurationInvalid',
    message: expect.stringContaining(
      `activations/${id} schedule: Temporal rejected 61 * * * * in Europe/Paris. Check the fields`,
    ),
  });
});

test('a broken activation keeps its schedule unchanged, and the others get theirs', async () => {
  const gone = await project.write('gone', { every: '1h' });
  await project.apply();
  await writeFile(join(project.folder, `activations/${daily}.yaml`), 'nonsense: true\n');
  await project.write('often', { every: '30m' }, often);
  await project.remove(gone);
  const { code, out, err } = await project.apply();
  expect(code).toBe(1);
  expect(err).toContain(`their schedules were not changed: ${daily}.\nactivations/${daily}.yaml:1 `);
  expect([change(out, often), change(out, gone), change(out, daily)]).toEqual([
    'updated',
    'deleted',
    undefined,
  ]);
  expect((await project.describe(daily)).spec.timezone).toBe('Europe/Paris');
});

test('a missing folder of activations deletes no schedule', async () => {
  await project.apply();
  await rename(join(project.folder, 'activations'), join(project.folder, 'elsewhere'));
  const { code, out, err } = await project.apply();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('activations/: the folder is missing');
  expect((await project.describe(often)).spec.intervals).toHaveLength(1);
});
