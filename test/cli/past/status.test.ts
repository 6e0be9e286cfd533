import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { WORKFLOW_TYPE } from '../../../contract/names.ts';
import { until } from '../../setup/until.ts';
import { deleteIfThere } from '../scheduled-project.ts';
import { freshId } from '../support.ts';
import { pastForTests, row, seedPeople, statusOf } from './support.ts';

const past = pastForTests();
beforeEach(() => seedPeople(past.stand));

const one = (id: string) => statusOf(past, id);

/** An activation whose id no other test has, since schedules belong to the whole server. */
async function newActivation(changes: Record<string, unknown> = {}): Promise<string> {
  const id = freshId('club');
  await past.stand.writeActivation({ list: { name: id }, ...changes }, id);
  onTestFinished(async () => {
    await deleteIfThere(past.hosted.client, `activation/${id}`);
    await rm(join(past.stand.projectFolder, `activations/${id}.yaml`));
  });
  return id;
}

/** Starts a run under the id that the command line and schedules give it. */
async function started(id: string, { at = '', taskQueue = past.hosted.taskQueue } = {}) {
  const workflowId = `activation/${id}${at}`;
  const options = { taskQueue, workflowId, args: [{ activation: id }] };
  const run = await past.hosted.client.workflow.start(WORKFLOW_TYPE, options);
  onTestFinished(() => run.terminate().then(undefined, () => undefined));
  return run;
}

/** What a schedule appends to the id. */
const BOTH_WAYS = Object.entries({ 'by hand': '', 'by its schedule': '-2026-01-31T06:00:00Z' });
const underWay = (id: string) =>
  until('it is running', async () => (await one(id)).running?.[0]?.phase === 'provisioning');

async function scheduled(schedule: object, changes: Record<string, unknown> = {}): Promise<string> {
  const id = await newActivation({ schedule, ...changes });
  expect((await past.ask(['schedule', 'apply'])).code).toBe(0);
  return id;
}

test('status shows the last run, the time left on the list and the imports of the day', async () => {
  await past.hosted.run();
  await past.stand.age(4);
  const vip = await one('vip');
  expect(vip).toMatchObject({
    lastRun: { outcome: 'succeeded with rejects', counts: { added: 3, removed: 0, changed: 0 } },
    list: { members: 3, expiresAt: expect.any(String) },
    schedule: null,
    imports: { used: 1, limit: 1_000 },
  });
  expect(Math.ceil(vip.list!.hoursLeft)).toBe(44);

  const { code, out, err } = await past.ask(['status']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const cells = row(out, 'vip')!;
  expect(cells.slice(2).join(' · ')).toBe(
    `succeeded with rejects · +3 −0 ~0 · 3 · ${vip.list!.hoursLeft} h left · manual · 1 of 1000`,
  );
  expect(out).toMatch(/^! vip: no run is scheduled and its list expires at 20/m);
});

test('status reports an expired list, and how to look closer', async () => {
  await past.hosted.run();
  await past.stand.age(49);
  expect(await one('vip')).toMatchObject({
    list: { hoursLeft: 0 },
    warnings: [expect.stringMatching(/^vip: its list expired at 20\S+ and targets nobody in Actito$/)],
  });
  expect(row((await past.ask(['status', 'vip'])).out, 'vip')).toMatchObject({ 5: 'expired' });
});

test('an activation with a schedule that renews its list shows its next run, and no problem', async () => {
  const id = await scheduled({ every: '12h' });
  await past.hosted.run({ activation: id });
  const { schedule, warnings } = await one(id);
  expect(warnings).toEqual([]);
  expect(schedule).toMatchObject({ paused: false });
  const { out } = await past.ask(['status', id]);
  expect(row(out, id)![6]).toBe(`${new Date(schedule!.starts[0]!).toISOString().slice(0, 16)}Z`);
  expect(out).toMatch(/\nAll lists are healthy\.\n$/);
});

test('status reports a schedule that comes too late for its list, and a paused one with its note', async () => {
  const id = await scheduled({ cron: '0 0 29 2 *' });
  await past.hosted.run({ activation: id });
  expect((await one(id)).warnings).toEqual([expect.stringContaining('no scheduled run renews')]);

  await past.hosted.client.schedule.getHandle(`activation/${id}`).pause('inventory');
  expect((await one(id)).warnings).toEqual([expect.stringContaining('its schedule is paused and its list')]);
  expect(row((await past.ask(['status', id])).out, id)).toMatchObject({ 6: 'paused: inventory' });
});

test('the time left follows the definition with which the list was delivered', async () => {
  await past.hosted.run();
  await past.stand.writeActivation({ list: { validity: '10h' } });
  expect(Math.ceil((await one('vip')).list!.hoursLeft)).toBe(48);
  await past.stand.age(6);
  await past.hosted.run();
  expect(Math.ceil((await one('vip')).list!.hoursLeft)).toBe(10);
});

test('held and failed runs are counted until one succeeds, and the last one says why', async () => {
  await past.hosted.run();
  await past.stand.writeActivation({ segment: { name: 'VIP', table: 'nowhere' } });
  for (let i = 0; i < 2; i++) await expect(past.hosted.run()).rejects.toThrow();
  const failing = await one('vip');
  expect(failing.streak).toBe(2);
  expect(failing.warnings[0]).toBe(`vip: its last 2 runs were held or failed: ${failing.lastRun!.failure}`);
  await past.stand.writeActivation();
  await past.hosted.run();
  expect(await one('vip')).toMatchObject({ streak: 0, lastRun: { failure: null } });
});

test('a canceled run after a failed one does not show why that failed', async () => {
  const id = await newActivation({ segment: { name: 'VIP', table: 'nowhere' } });
  await expect(past.hosted.run({ activation: id })).rejects.toThrow();
  await past.stand.writeActivation({ list: { name: id } }, id);
  past.stand.actito.setFault('serverError', {});
  const run = await started(id);
  await underWay(id);
  await run.cancel();
  await expect(run.result()).rejects.toThrow();
  const { lastRun, warnings } = await one(id);
  expect(lastRun!.outcome).toBe('cancelled');
  expect(warnings[0]).toBe(
    `${id}: 1 run was held or failed since the last successful run. See why: actito-sync history ${id}`,
  );
});

test('activations of one profile table share its imports, also those that never ran; a used-up quota is reported', async () => {
  await past.stand.writeDestination({ limits: { importsPerTablePerDay: 1 } });
  onTestFinished(() => past.stand.writeDestination());
  const other = await newActivation();
  await past.hosted.run();
  const [first, second] = [await one('vip'), await one(other)];
  expect(first.imports).toMatchObject({ used: 1, limit: 1, nextFree: expect.any(String) });
  expect(second).toMatchObject({ imports: first.imports, lastRun: null, list: null });
  expect(second.warnings).toEqual([
    `${other}: the import quota of its profile table is used up (1 import in 24 hours); the next import is possible at ${String(first.imports!.nextFree)}`,
  ]);
  const cells = row((await past.ask(['status', other])).out, other)!;
  expect(cells.slice(1)).toEqual(['–', 'never ran', '–', '–', 'never delivered', 'manual', '1 of 1']);
});

test('without Temporal, status says so and shows the rest', async () => {
  await past.hosted.run();
  const options = { env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } };
  const { code, out, err } = await past.ask(['status'], options);
  expect(code).toBe(6);
  expect(err).toMatch(/^Running and next runs are unknown\. TemporalUnavailable: /);
  expect(row(out, 'vip')).toMatchObject({ 4: '3', 6: 'unknown' });
  expect(out).not.toMatch(/All lists are healthy|No problems/);
  expect(out).toMatch(/^! Temporal cannot be reached, so running/m);
  expect((await past.ask(['status', '--json'], options)).code).toBe(6);
});

test('a dry run does not count as the last run', async () => {
  await past.hosted.run();
  const before = await one('vip');
  await past.hosted.run({ mode: 'preview', activation: 'vip' });
  expect((await one('vip')).lastRun).toEqual(before.lastRun);
});

test.each(BOTH_WAYS)(
  'a run started %s that waits out an outage: status shows what failed, how often, and the next attempt',
  async (_, at) => {
    const id = await newActivation();
    past.stand.actito.setFault('serverError', {});
    const run = await started(id, { at });
    await until('Actito was asked without success', async () => !!(await one(id)).running?.[0]?.trouble);

    const { running, warnings } = await one(id);
    const next = expect.toSatisfy((moment) => moment === null || !Number.isNaN(Date.parse(String(moment))));
    const failed = { type: 'ActitoUnavailable', message: expect.stringContaining('500') };
    expect(running).toMatchObject([
      {
        workflowId: run.workflowId,
        phase: 'provisioning',
        workerAnswers: true,
        trouble: { ...failed, next, until: expect.any(String) },
      },
    ]);
    const words = 'is retrying after ActitoUnavailable: .* \\(\\d+ attempts?, .+, retries end at 20\\S+Z\\)';
    expect(warnings.join('\n')).toMatch(
      new RegExp(`^${id}: its run since 20\\S+Z \\(provisioning\\) ${words}$`),
    );
    const { out } = await past.ask(['status', id]);
    expect(row(out, id)![2]).toMatch(/^running since 20\S+Z \(provisioning\)$/);
    expect(out).toMatch(new RegExp(`^! ${id}: its run since`, 'm'));

    past.stand.actito.setFault('serverError', null);
    await run.result();
    expect(await one(id)).toMatchObject({ running: [], lastRun: { outcome: 'succeeded with rejects' } });
    expect((await one(id)).warnings).toEqual([expect.stringContaining('no run is scheduled')]);
  },
);

test('status reports a run that no worker accepts, although it never reached the state', async () => {
  const id = await newActivation();
  await started(id, { taskQueue: freshId('nobody') });
  const { lastRun, running, warnings } = await one(id);
  expect(lastRun).toBeNull();
  expect(running).toMatchObject([{ phase: null, workerAnswers: false, trouble: null }]);
  expect(warnings).toEqual([
    expect.stringMatching(/: no worker is responding for its run since 20\S+Z \(waiting for/),
  ]);
  const cells = row((await past.ask(['status', id])).out, id)!;
  expect(cells[1]).toBe('–');
  expect(cells[2]).toMatch(/^running since 20\S+Z \(waiting for a worker\)$/);
});

test.each(BOTH_WAYS)(
  'status reports a run started %s that was terminated, until the next one has closed it',
  async (_, at) => {
    const id = await newActivation();
    past.stand.actito.setFault('serverError', {});
    const run = await started(id, { at });
    await underWay(id);
    await run.terminate();
    await until('status reports it', async () => (await one(id)).warnings.length > 0); // Temporal's listing lags behind
    const { lastRun, running, warnings } = await one(id);
    expect(running).toEqual([]);
    expect(lastRun).toMatchObject({ outcome: null, workflowId: run.workflowId });
    expect(warnings).toEqual([
      `${id}: its last run (${lastRun!.run}) was terminated; the next run repairs the state`,
    ]);

    past.stand.actito.setFault('serverError', null);
    await (await started(id)).result();
    expect((await one(id)).warnings).toEqual([expect.stringContaining('no run is scheduled')]);
  },
);

test('status reports a run that Temporal no longer knows, and not one that was opened this minute', async () => {
  const id = await newActivation();
  await past.hosted.run({ activation: id });
  const opened = 'outcome = null, closed_at = null, workflow_id = ?, opened_at = now() - cast(? as interval)';
  const reopen = (ago: string) =>
    past.stand.state.raw(`update runs set ${opened} where activation = ?`, [`activation/${id}`, ago, id]);
  await reopen('0 s');
  expect((await one(id)).warnings).toEqual([expect.stringContaining('no run is scheduled')]);
  await reopen('1 h');
  expect((await one(id)).warnings[0]).toMatch(/: its last run \(\d+\) no longer exists in Temporal; the/);
});
