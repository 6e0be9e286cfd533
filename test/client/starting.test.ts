import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRun } from '../../client/start.ts';
import { WORKFLOW_TYPE } from '../../contract/names.ts';
import { connectClient, freshId } from '../cli/support.ts';

/** No worker polls it: what is started here stays open. */
const taskQueue = freshId('nobody');

let client: Client;
beforeAll(async () => {
  client = await connectClient();
});
afterAll(() => client?.connection.close());

/** Terminates everything that the test left open under an id. */
async function terminate(...ids: string[]): Promise<void> {
  for (const id of ids) await client.workflow.getHandle(id).terminate();
}

async function startedByHand(activation: string, ...args: unknown[]): Promise<string> {
  const workflowId = `activation/${activation}`;
  const handle = await client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId, args });
  return handle.firstExecutionRunId;
}

test('the same request attaches to the open run', async () => {
  const activation = freshId('same');
  const first = await startRun(client, { activation }, { taskQueue });
  const second = await startRun(client, { activation }, { taskQueue });

  expect([first.attached, second.attached]).toEqual([false, true]);
  expect((await second.handle.describe()).runId).toBe((await first.handle.describe()).runId);
  await terminate(first.handle.workflowId);
});

test('a run that the Temporal CLI started is attached to, with its defaults filled in', async () => {
  const activation = freshId('by-hand');
  const runId = await startedByHand(activation, { activation });

  const { attached, handle } = await startRun(client, { mode: 'sync', activation }, { taskQueue });
  expect(attached).toBe(true);
  expect((await handle.describe()).runId).toBe(runId);
  await terminate(handle.workflowId);
});

test('another request for a running activation is busy, and the error says what runs and what to do', async () => {
  const activation = freshId('busy');
  const { handle } = await startRun(client, { mode: 'resync', activation }, { taskQueue });

  const busy = startRun(client, { activation }, { taskQueue });
  await expect(busy).rejects.toMatchObject({ type: 'ActivationBusy' });
  await expect(busy).rejects.toThrow(` as "actito-sync run ${activation} --resync". `);
  await expect(busy).rejects.toThrow(`actito-sync run ${activation} --resync`);
  await expect(busy).rejects.toThrow(`actito-sync cancel ${activation}`);
  await terminate(handle.workflowId);
});

test.each([
  { what: 'no argument', args: [] },
  { what: 'an argument that is not a request', args: [{ activation: 'x', resyncc: true }] },
])('an open run with $what is busy too', async ({ args }) => {
  const activation = freshId('nonsense');
  await startedByHand(activation, ...args);

  const busy = startRun(client, { activation }, { taskQueue });
  await expect(busy).rejects.toThrow('with an unknown input');
  await terminate(`activation/${activation}`);
});

test('a dry run starts beside a run', async () => {
  const activation = freshId('beside');
  const { handle } = await startRun(client, { activation }, { taskQueue });
  const dry = await startRun(client, { mode: 'preview', activation }, { taskQueue });

  expect(dry.attached).toBe(false);
  expect(dry.handle.workflowId).toBe(`plan/${activation}`);
  await terminate(handle.workflowId, dry.handle.workflowId);
});

test('after the end of a run, another request may start', async () => {
  const activation = freshId('after');
  const { handle } = await startRun(client, { activation }, { taskQueue });
  await terminate(handle.workflowId);

  const next = await startRun(client, { mode: 'resync', activation }, { taskQueue });
  expect(next.attached).toBe(false);
  await terminate(next.handle.workflowId);
});

test('an unusable request reaches no server', async () => {
  const refused = startRun(client, { activation: '', reason: 'x'.repeat(201) }, { taskQueue });
  await expect(refused).rejects.toMatchObject({ type: 'InvalidActivation' });
  await expect(refused).rejects.toThrow(/activation: expected the id .*reason: expected text of at most 200/);
});
