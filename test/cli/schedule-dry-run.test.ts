import type { Client } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../setup/until.ts';
import { scheduledProject, type ScheduledProject } from './scheduled-project.ts';
import { connectClient } from './support.ts';

let client: Client;
let project: ScheduledProject;
/** One activation for each kind of change, by id. */
let fates: Record<'kept' | 'changed' | 'paused' | 'vanished' | 'added', string>;

beforeAll(async () => {
  client = await connectClient();
});
afterAll(() => client?.connection.close());
beforeEach(async () => {
  project = await scheduledProject(client);
  const [kept, changed, paused, vanished] = [
    await project.write('kept', { every: '1h' }),
    await project.write('changed', { cron: '0 6 * * *', timezone: 'Europe/Paris' }),
    await project.write('paused', { every: '1h' }),
    await project.write('vanished', { every: '1h' }),
  ];
  await project.apply();
  await client.schedule.getHandle(`activation/${paused}`).pause('migration');
  await project.write('changed', { cron: '0 7 * * *', timezone: 'Europe/Brussels' }, changed);
  await project.remove(vanished);
  const added = await project.write('added', { calendar: { hour: 6 } });
  fates = { kept, changed, paused, vanished, added };
  await until('Temporal lists the removed schedules', async () =>
    (await project.apply('--dry-run')).out.includes(vanished),
  );
});
afterEach(() => project.dispose());

test('--dry-run shows what would be created, updated with which fields, deleted and kept', async () => {
  const { code, out, err } = await project.apply('--dry-run');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(project.said(out, fates.added)).toEqual(['would be created', '{ hour: 6 }, UTC']);
  expect(project.said(out, fates.changed)).toEqual(['would be updated', '0 7 * * *, Europe/Brussels']);
  expect(out).toContain(
    '  times: 0 6 * * * → 0 7 * * *\n  time zone: Europe/Paris → Europe/Brussels\nactivation/',
  );
  expect(project.said(out, fates.vanished)![0]).toBe('would be deleted');
  expect(project.said(out, fates.kept)).toEqual(['unchanged', expect.stringMatching(/^every 1h; next run/)]);
  expect(project.said(out, fates.paused)).toEqual(['unchanged', 'every 1h; paused: migration']);
  expect(out).toMatch(/\nNothing was changed\.\n$/);
});

test('--dry-run changes nothing', async () => {
  const raw = async (id: string) => {
    const { spec, action, policies, state, info } = await project.describe(id);
    return { spec, action, policies, state, updated: info.lastUpdatedAt };
  };
  const there = [fates.kept, fates.changed, fates.paused, fates.vanished];
  const before = await Promise.all(there.map(raw));
  await project.apply('--dry-run');

  expect(await Promise.all(there.map(raw))).toEqual(before);
  await expect(project.describe(fates.added)).rejects.toThrow(/not found/);
});

test('a later apply does what the dry run showed', async () => {
  const told = (await project.apply('--dry-run')).out;
  const done = (await project.apply()).out;
  for (const id of Object.values(fates)) {
    expect(project.said(told, id)![0]!.replace('would be ', '')).toBe(project.said(done, id)![0]);
  }
});

test.each([['--dry-run', true] as const, [undefined, false] as const])(
  '--json gives the same to programs, and nothing else (%s)',
  async (flag, dryRun) => {
    const { code, out, err } = await project.apply('--json', ...(flag ? [flag] : []));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { schedules, ...rest } = JSON.parse(out) as { schedules: { scheduleId: string }[] };
    expect(rest).toMatchObject({ dryRun, taskQueue: project.taskQueue, foreign: expect.any(Array) });
    const of = (id: string) => schedules.find(({ scheduleId }) => scheduleId === `activation/${id}`);
    expect(of(fates.added)).toMatchObject({ change: 'created', schedule: { calendar: { hour: 6 } } });
    expect(of(fates.changed)).toMatchObject({
      change: 'updated',
      differences: [{ field: 'times', from: '0 6 * * *', to: '0 7 * * *' }, { field: 'time zone' }],
    });
    expect(of(fates.vanished)).toMatchObject({ change: 'deleted', schedule: null });
    expect(of(fates.paused)).toMatchObject({ change: 'unchanged', paused: true, note: 'migration' });
  },
);
