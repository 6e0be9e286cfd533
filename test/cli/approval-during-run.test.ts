import type { WorkflowHandle } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import type { DecisionResult } from '../../contract/decision.ts';
import { WORKFLOW_TYPE } from '../../contract/names.ts';
import { until } from '../setup/until.ts';
import { endOpenRuns } from '../support/temporal-run.ts';
import { copied, guardedForTests } from './approval-support.ts';

/* A plan is approved while another run of its activation is in progress: no run can be started for it. */

const past = guardedForTests();

/** A run that waits for its table, and the command that approves the plan that a guard held before it. */
async function heldWhileRunning(
  workflowId: string,
): Promise<{ approve: string[]; release: () => Promise<void> }> {
  await past.leave(60);
  const approve = copied((await past.held()).err, 'approve');
  const locking = await past.stand.warehouse.connect();
  onTestFinished(async () => {
    await locking.query('rollback');
    locking.release();
    await endOpenRuns(past.hosted);
  });
  await locking.query('begin; lock table people');
  const { client, taskQueue } = past.hosted;
  const args = [{ activation: 'vip' }];
  const other = await client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId, args });
  await until('the other run has the lease', async () => {
    const { rows } = await past.stand.state.raw<{ rows: unknown[] }>(
      `select from activations where holder_workflow = '${other.workflowId}'`,
    );
    return rows.length === 1;
  });
  const release = async () => {
    await locking.query('rollback');
    await untilItHasEnded(other);
  };
  return { approve, release };
}

async function untilItHasEnded(run: WorkflowHandle): Promise<void> {
  await until('the other run has ended', async () => (await run.describe()).status.name !== 'RUNNING');
}

test.each([
  { whose: 'started manually', workflowId: 'activation/vip' },
  { whose: 'started by a schedule', workflowId: 'activation/vip-2026-01-31T06:00:00Z' },
])(
  'an approval during a run that was $whose is recorded, and counts for the next one',
  async ({ workflowId }) => {
    const { approve, release } = await heldWhileRunning(workflowId);
    const { code, err } = await past.ask(approve);
    await release();
    expect({ code, err }).toEqual({
      code: 5,
      err: 'The approval is recorded and applies to the next run.\n',
    });
    expect(await past.ask(['run', 'vip'])).toMatchObject({ code: 0 });
    expect(past.listed()).toBe(60);
  },
);

test('with --json, an approval that starts no run prints the decision', async () => {
  const { approve, release } = await heldWhileRunning('activation/vip');
  const { code, out, err } = await past.ask([...approve, '--json']);
  await release();
  expect({ code, err }).toEqual({ code: 5, err: '' });
  const decided = JSON.parse(out) as DecisionResult;
  expect(decided).toMatchObject({ decision: 'approve', activation: 'vip', run: null });
});
