import { execFile } from 'node:child_process';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../contract/names.ts';
import type { RunProgress } from '../../contract/progress.ts';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { LIST, startStand } from '../support/stand.ts';
import { hostWorker } from '../support/temporal-run.ts';

/* The example for programs runs unchanged, so with the product's own task queue. */

const stand = await startStand();
afterAll(() => stand.dispose());
const hosted = await hostWorker(stand, TASK_QUEUE);
afterAll(() => hosted.close());

const MEMBERS = Array.from({ length: 30 }, (_, i) => `member${i}@shop.be`);
const APPROVED = 'Approved: the nightly job allows up to 10 removals.\n';
const listed = () => [...stand.actito.listMembers(LIST)].length;

/** Runs examples/nightly.ts on the sources. */
function nightly(): Promise<{ code: number; out: string; err: string }> {
  const args = ['--conditions=actito-sync-sources', 'dev/start.js', 'examples/nightly.ts', 'vip'];
  const env = { ...process.env, TEMPORAL_ADDRESS: temporalAddress() };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

test('a program starts runs, approves a small removal that was held, and leaves a large one to people', async () => {
  await stand.writeActivation({ guards: { maxRemovedRatio: 1, maxRemoved: 8 } });
  await stand.actito.seedContacts(MEMBERS.map((emailAddress) => ({ emailAddress })));
  const values = MEMBERS.map((email) => `('${email}', 'A', 1, 'Gent')`).join(', ');
  await stand.warehouse.query(`insert into people (email, first_name, spent, city) values ${values}`);
  const keep = (many: number) =>
    stand.warehouse.query('delete from people where email <> all($1)', [MEMBERS.slice(0, many)]);

  expect(await nightly()).toEqual({ code: 0, err: '', out: 'vip: succeeded; 30 added, 0 removed\n' });

  await keep(20);
  expect(await nightly()).toEqual({
    code: 0,
    err: '',
    out: `${APPROVED}vip: succeeded; 0 added, 10 removed\n`,
  });
  expect(listed()).toBe(20);

  await keep(5);
  const { code, err } = await nightly();
  expect(code).toBe(1);
  expect(err).toMatch(/^Held: .* The plan's hash: [0-9a-f]{12}\n$/);
  expect(listed()).toBe(20);
});

test('a program whose run is skipped says why, and prints no counts', async () => {
  await stand.writeActivation();
  stand.actito.setFault('serverError', { times: 1_000 });
  onTestFinished(() => stand.actito.setFault('serverError', null));
  const { client, taskQueue } = hosted;
  const scheduled = await client.workflow.start(WORKFLOW_TYPE, {
    taskQueue,
    workflowId: 'activation/vip-2026-11-24T06:00:00Z',
    args: [{ activation: 'vip' }],
  });
  const opened = async () => (await scheduled.query<RunProgress>('progress')).phase !== 'opening';
  await until('the scheduled run is open', opened);

  const { code, out } = await nightly();
  expect(code).toBe(0);
  expect(out).toMatch(/^vip: skipped; [A-Z].*\.\n$/);
  await scheduled.cancel();
  await expect(scheduled.result()).rejects.toThrow();
});
