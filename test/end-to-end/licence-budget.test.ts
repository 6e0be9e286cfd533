import type { Client, WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../contract/names.ts';
import type { RunResult } from '../../contract/result.ts';
import { connectClient } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { observeCalls } from '../support/observed-calls.ts';
import { startStand, type Stand } from '../support/stand.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/temporal-run.ts';

/*
 * Two workers, each in its own process, share one license. Calls take a while, so that all would run at the
 * same time without the limit. `npm run bench -- licence-budget` does the same with 50.
 */

const ACTIVATIONS = Array.from({ length: 8 }, (_, i) => `segment-${i + 1}`);
/** Two more, which have never run before. */
const WAITING = ['waiting-1', 'waiting-2'];

let stand: Stand;
let client: Client;
let workers: WorkerProcess[] = [];
beforeAll(async () => {
  stand = await startStand();
  client = await connectClient();
  for (const id of [...ACTIVATIONS, ...WAITING]) await prepare(id);
  workers = await Promise.all([startWorkerProcess(stand), startWorkerProcess(stand)]);
});
afterAll(async () => {
  for (const worker of workers) await worker.kill('SIGTERM');
  await client?.connection.close();
  await stand?.dispose();
});
afterEach(() => stand.actito.setFault('slow', null));

/** An activation with one member, whom Actito knows. */
async function prepare(id: string): Promise<void> {
  const emailAddress = `${id}@shop.be`;
  const segment = { name: id, query: `select email, spent from people where city = '${id}'` };
  const attributes = [{ column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } }];
  await stand.writeActivation({ segment, attributes, list: { name: id } }, id);
  await stand.actito.seedContacts([{ emailAddress }]);
  await stand.warehouse.query('insert into people (email, spent, city) values ($1, 7, $2)', [
    emailAddress,
    id,
  ]);
}

const limits = (concurrentCalls: number) => stand.writeDestination({ limits: { concurrentCalls } });
const start = (activation: string) =>
  client.workflow.start(WORKFLOW_TYPE, {
    taskQueue: TASK_QUEUE,
    workflowId: `budget/${activation}/${Date.now()}`,
    args: [{ activation }],
  });

test('eight activations at once on two workers all succeed, with two calls at a time as their limit says', async () => {
  await limits(2);
  stand.actito.setFault('slow', { milliseconds: 50 });
  const observed = observeCalls(stand.actito.apiUrl);
  const runs = await Promise.all(ACTIVATIONS.map(start));
  const results = (await Promise.all(runs.map((run) => run.result()))) as RunResult[];
  observed.stop();

  expect(results.map(({ outcome }) => outcome)).toEqual(ACTIVATIONS.map(() => 'succeeded'));
  expect(observed).toMatchObject({ most: 2, refused: 0 });
  for (const id of ACTIVATIONS) {
    expect([...stand.actito.listMembers(id)]).toEqual([`${id}@shop.be`]);
    expect(stand.actito.contact('emailAddress', `${id}@shop.be`)).toMatchObject({ spent: '7' });
  }
});

test('a run that waits for its turn to call Actito can be canceled', async () => {
  await limits(1);
  stand.actito.setFault('slow', { milliseconds: 120_000 }); // one holds the only slot until it is canceled
  const observed = observeCalls(stand.actito.apiUrl);
  const runs = await Promise.all(WAITING.map(start));
  await until('both want to call Actito, and one does', async () => {
    const described = await Promise.all(runs.map((run) => run.describe()));
    return observed.most === 1 && described.every(({ raw }) => raw.pendingActivities?.some(isProvisioning));
  });
  for (const run of runs) await run.cancel();
  for (const run of runs) {
    const failed = (await run.result().catch((error: unknown) => error)) as WorkflowFailedError;
    expect(failed.cause).toBeInstanceOf(CancelledFailure);
  }
  observed.stop();
  expect(observed.most).toBe(1);
});

/** temporal.api.enums.v1.PendingActivityState: STARTED. */
const STARTED = 2;
type Pending = { activityType?: { name?: string | null } | null; state?: number | null };
const isProvisioning = ({ activityType, state }: Pending) =>
  activityType?.name === 'provision' && state === STARTED;
