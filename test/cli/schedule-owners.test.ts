import type { Client, ScheduleOptions } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../setup/until.ts';
import {
  deleteIfThere,
  scheduledProject,
  type ProjectOptions,
  type ScheduledProject,
} from './scheduled-project.ts';
import { connectClient, freshId } from './support.ts';

let client: Client;
let project: ScheduledProject;
let dispose: (() => Promise<void>)[];

beforeAll(async () => {
  client = await connectClient();
});
afterAll(() => client?.connection.close());
beforeEach(async () => {
  dispose = [];
  project = await newProject();
});
afterEach(async () => {
  for (const undo of dispose.reverse()) await undo();
});

async function newProject(options?: ProjectOptions): Promise<ScheduledProject> {
  const made = await scheduledProject(client, options);
  dispose.push(made.dispose);
  return made;
}

/** A schedule of the Temporal server that no project folder made. */
async function byHand(id: string, workflowType = 'runActivation', memo?: ScheduleOptions['memo']) {
  const scheduleId = `activation/${id}`;
  const { taskQueue } = project;
  dispose.push(() => deleteIfThere(client, scheduleId));
  await client.schedule.create({
    scheduleId,
    memo,
    spec: { intervals: [{ every: '1 day' }] },
    action: { type: 'startWorkflow', workflowType, taskQueue, args: [{ activation: id }] },
  });
  return id;
}

const DAILY = { cron: '0 6 * * *' };
const deleted = (out: string, id: string) => out.includes(`activation/${id}: deleted`);

/**
 * Applies a project until its output contains a text, since Temporal's listing lags behind.
 * @returns all
 * outputs
 */
async function appliedUntil(what: string, of: ScheduledProject, shows: (texts: string) => boolean) {
  let texts = '';
  await until(what, async () => shows((texts += (await of.apply()).out)));
  return texts;
}

test('schedules that were removed from the project are deleted, paused or not; the others stay unchanged', async () => {
  const [stays, gone, unscheduled] = [
    await project.write('stays', DAILY),
    await project.write('gone', DAILY),
    await project.write('unscheduled', DAILY),
  ];
  await project.apply();
  await client.schedule.getHandle(`activation/${gone}`).pause('for now');
  await project.remove(gone);
  await project.write('unscheduled', undefined, unscheduled);

  const both = (texts: string) => deleted(texts, gone) && deleted(texts, unscheduled);
  const texts = await appliedUntil('both are deleted', project, both);
  expect(project.said(texts, gone)).toEqual(['deleted', 'no longer in the project; paused: for now']);
  for (const id of [gone, unscheduled]) await expect(project.describe(id)).rejects.toThrow(/not found/);
  const { info } = await project.describe(stays);
  expect(info.lastUpdatedAt).toBeUndefined();
});

test('the last schedule is deleted, too, and so is one that was updated since', async () => {
  const id = await project.write('last', DAILY);
  await project.apply();
  await project.write('last', { every: '1h' }, id);
  await project.apply();
  await project.remove(id);

  await appliedUntil('it is deleted', project, (texts) => deleted(texts, id));
  await expect(project.describe(id)).rejects.toThrow(/not found/);
});

test('a manually created schedule is reported, with the command that deletes it, and stays', async () => {
  const id = await byHand(freshId('by-hand'));
  const line = `activation/${id}: not changed, because it was not created by actito-sync; the project has no such activation`;
  const texts = await appliedUntil('it is told', project, (out) => out.includes(line));
  expect(texts).toContain(`delete it: temporal schedule delete --schedule-id activation/${id}\n`);
  await expect(project.describe(id)).resolves.toBeDefined();
});

test('a schedule of this project that now starts another workflow stays', async () => {
  const id = await project.write('taken', DAILY);
  await project.apply();
  await client.schedule.getHandle(`activation/${id}`).update(({ spec, action, policies, state }) => ({
    spec,
    policies,
    state,
    action: { ...action, workflowType: 'something-else' },
  }));
  const refused = await project.apply();
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(
    `schedule activation/${id} exists and starts another workflow (something-else)`,
  );

  await project.remove(id);
  const vanished = await project.write('vanished', DAILY);
  await project.apply();
  await project.remove(vanished);
  const texts = await appliedUntil('the other is deleted', project, (out) => deleted(out, vanished));
  expect(texts).not.toContain(`activation/${id}:`);
  await expect(project.describe(id)).resolves.toBeDefined();
});

test("two projects in one namespace do not touch each other's schedules, whichever applies", async () => {
  const other = await newProject();
  const [mine, theirs] = [await project.write('mine', DAILY), await other.write('theirs', DAILY)];
  await other.apply();
  await project.apply();

  for (const [one, foreign] of [
    [project, theirs],
    [other, mine],
  ] as const) {
    const told = `activation/${foreign}: not changed, because it belongs to the project "`;
    await appliedUntil('the other project is seen', one, (texts) => texts.includes(told));
  }
  await expect(project.describe(mine)).resolves.toBeDefined();
  await expect(other.describe(theirs)).resolves.toBeDefined();
});

test("projects with the same name and different task queues do not touch each other's schedules", async () => {
  const env = { ACTITO_SYNC_PROJECT_NAME: freshId('same-name') };
  const [one, two] = [await newProject({ env }), await newProject({ env })];
  const id = await one.write('one', DAILY);
  await one.apply();

  const told = `activation/${id}: not changed, because it is for another task queue (${one.taskQueue})`;
  await appliedUntil('it is seen', two, (texts) => texts.includes(told));
  await expect(one.describe(id)).resolves.toBeDefined();
});

test('an activation whose schedule belongs to another project is rejected, and nothing is changed', async () => {
  const other = await newProject();
  const id = await other.write('shared', DAILY);
  await other.apply();
  const fresh = await project.write('fresh', DAILY);
  await project.write('shared', { every: '1h' }, id);

  for (const flags of [[], ['--dry-run']]) {
    const { code, out, err } = await project.apply(...flags);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(
      `activations/${id} schedule: the schedule activation/${id} exists and belongs to the project`,
    );
    expect(err).toContain('No schedule was changed. If it is the same project, set ACTITO_SYNC_PROJECT_NAME');
  }
  expect((await other.describe(id)).info.lastUpdatedAt).toBeUndefined();
  await expect(project.describe(fresh)).rejects.toThrow(/not found/);
});

test('a project that keeps its name keeps its schedules, wherever its folder is', async () => {
  const env = { ACTITO_SYNC_PROJECT_NAME: freshId('the-shop') };
  const here = await newProject({ env });
  const moved = await newProject({ env, taskQueue: here.taskQueue });
  const [kept, dropped] = [await here.write('kept', DAILY), await here.write('dropped', DAILY)];
  await here.apply();
  await moved.write('kept', DAILY, kept);

  const texts = await appliedUntil('the other is deleted', moved, (out) => deleted(out, dropped));
  expect(moved.said(texts, kept)![0]).toBe('unchanged');
});
