import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { findTemporalCli } from '../../dev/temporal/find-cli.ts';
import { temporalAddress } from '../setup/servers.ts';
import { guardedForTests, hashIn } from './approval-support.ts';

/* Decisions about a held run with only Temporal's own command line, as the documentation shows them. */

const past = guardedForTests();

/** The plan that needs a decision. */
let plan: string;
beforeEach(async () => {
  await past.leave(60);
  plan = hashIn((await past.held()).err);
});

/** `temporal workflow execute`: starts a workflow by its type, waits for its end. */
async function execute(type: string, workflowId: string, input: object) {
  const { path } = await findTemporalCli(() => undefined);
  const { stdout } = await promisify(execFile)(path, [
    'workflow',
    'execute',
    '--address',
    temporalAddress(),
    '--task-queue',
    past.hosted.taskQueue,
    '--type',
    type,
    '--workflow-id',
    workflowId,
    '--input',
    JSON.stringify(input),
    '--output',
    'json',
  ]);
  return JSON.parse(stdout) as { status: string; result: object };
}

const decisions = async () =>
  (await past.stand.state.raw<{ rows: object[] }>('select verdict, decided_by, reason from decisions')).rows;

test('a bare start of decide approves a held run, and starts a run that delivers the list at once', async () => {
  const input = { activation: 'vip', plan, decision: 'approve', reason: 'spring cleanup', by: 'anna' };
  expect(await execute('decide', `approve/vip/${plan}`, input)).toMatchObject({
    status: 'COMPLETED',
    result: { decision: 'approve', run: { workflowId: 'activation/vip' }, counts: { removed: 60 } },
  });
  expect(await past.hosted.client.workflow.getHandle('activation/vip').result()).toMatchObject({
    outcome: 'succeeded',
    counts: { removed: 60 },
    list: { confirmation: 'retrieved' },
  });
  expect(past.listed()).toBe(60);
  expect(await decisions()).toEqual([{ verdict: 'approved', decided_by: 'anna', reason: 'spring cleanup' }]);
});

test('a bare start of decide declines a held run; the list stays, and the next run is held again', async () => {
  const input = { activation: 'vip', plan, decision: 'decline', reason: 'orders are not loaded' };
  expect(await execute('decide', `decline/vip/${plan}`, input)).toMatchObject({
    status: 'COMPLETED',
    result: { decision: 'decline', by: 'unknown', counts: { removed: 60 }, run: null },
  });
  expect(await decisions()).toEqual([
    { verdict: 'refused', decided_by: 'unknown', reason: 'orders are not loaded' },
  ]);
  await past.held();
  expect(past.listed()).toBe(120);
});
