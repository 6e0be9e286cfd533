import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { connectActito } from '../../activities/destination.ts';
import { currentCaller, underWay } from '../../activities/under-way.ts';
import type { Caller, IsUnderWay } from '../../state/slots.ts';
import { definitionFor } from '../actito/support.ts';
import { SILENT } from '../support/direct-run.ts';
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

describe('the id of the Temporal server', () => {
  /** A client whose server answers this to the request for its id. */
  function serverThat(answers: () => Promise<{ clusterId: string }>) {
    const deadlines: number[] = [];
    const client = {
      withDeadline: (deadline: number, request: () => Promise<unknown>) => {
        deadlines.push(deadline - Date.now());
        return request();
      },
      withAbortSignal: (_: AbortSignal, activity: () => Promise<unknown>) => activity(),
      workflowService: { getClusterInfo: answers },
    };
    return { client: client as unknown as Client, deadlines };
  }
  const grpcError = (code: number) => () => Promise.reject(Object.assign(new Error('no'), { code }));
  const callerOf = (client: Client) =>
    new MockActivityEnvironment({}, { client, logger: SILENT }).run<[], Caller, typeof currentCaller>(
      currentCaller,
    );

  test.each([
    [14, 'again after a minute', 2],
    [7, 'only once', 1],
    [12, 'only once', 1],
  ])('is requested, after the error %i, %s', async (code, _, times) => {
    const now = vi.spyOn(performance, 'now');
    onTestFinished(() => now.mockRestore());
    const { client, deadlines } = serverThat(grpcError(code));
    for (const milliseconds of [0, 59_000, 61_000]) {
      now.mockReturnValue(1_000_000 + milliseconds);
      expect(await callerOf(client)).toMatchObject({ cluster: null });
    }
    expect(deadlines).toHaveLength(times);
    for (const deadline of deadlines) expect(deadline).toBeLessThanOrEqual(5_000);
  });

  test('is requested once by activities that start at the same time', async () => {
    const { client, deadlines } = serverThat(async () => ({ clusterId: 'here' }));
    const callers = await Promise.all([client, client].map(callerOf));
    expect(callers.map(({ cluster }) => cluster)).toEqual(['here', 'here']);
    expect(deadlines).toHaveLength(1);
  });

  test('delays no canceled call to Actito', async () => {
    const { client } = serverThat(() => new Promise(() => undefined));
    const canceled = new AbortController();
    const definition = definitionFor(stand.actito);
    const call = new MockActivityEnvironment({}, { client, logger: SILENT }).run(async () => {
      const deps = { ...stand, env: { ...stand.env, KEY: stand.actito.apiKey } };
      return connectActito(deps, definition.destination, canceled.signal).client.renewToken();
    });
    setImmediate(() => canceled.abort());
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});
