import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, expect, test } from 'vitest';
import { currentCaller, underWay } from '../../activities/under-way.ts';
import type { Caller, IsUnderWay } from '../../state/slots.ts';
import { hold } from '../support/holding.ts';
import { resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';

/* Temporal knows which attempt holds one of the slots for calls. */

const { stand, hosted } = await standWithWorker();
beforeEach(() => resetStand(stand));

test('an attempt is running until it has ended, and no other attempt is', async () => {
  const env = new MockActivityEnvironment({}, { client: hosted.client });
  let isUnderWay!: IsUnderWay;
  let own!: Caller;
  await env.run(async () => {
    isUnderWay = underWay();
    own = await currentCaller();
  });
  const { handle, letGo } = await hold('provision', stand, () => hosted.start({ activation: 'vip' }));
  const { runId, raw } = await handle.describe();
  const [pending] = raw.pendingActivities!;
  const { clusterId } = await hosted.client.workflowService.getClusterInfo({});
  expect(own.cluster).toBe(clusterId);
  expect(clusterId).not.toBe('');
  const caller: Caller = {
    cluster: clusterId,
    namespace: 'default',
    workflowId: handle.workflowId,
    runId,
    activityId: pending!.activityId!,
    attempt: pending!.attempt!,
  };
  expect(await isUnderWay(caller)).toBe(true);
  expect(await isUnderWay({ ...caller, attempt: caller.attempt + 1 })).toBe(false);
  expect(await isUnderWay({ ...caller, activityId: 'other' })).toBe(false);
  expect(await isUnderWay({ ...caller, workflowId: 'unknown' })).toBe(false);
  await letGo();
  await handle.result();
  expect(await isUnderWay(caller)).toBe(false);
});
