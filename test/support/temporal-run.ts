import { randomBytes } from 'node:crypto';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { DECIDE_WORKFLOW_TYPE, type DecisionResult } from '../../contract/decision.ts';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, test } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../contract/names.ts';
import type { RunInput } from '../../contract/request.ts';
import type { RunResult } from '../../contract/result.ts';
import {
  startWorkerHere,
  startWorkerProcess as startProcess,
  type WorkerProcess,
  type WorkerSettings,
} from '../../dev/worker.ts';
import { connectClient, temporalAddress, workflowBundle } from '../setup/servers.ts';
import { startStand, type Stand, type StandOptions } from './stand.ts';

/** A worker of the product and a client, by default on a task queue of their own. */
export interface Hosted {
  client: Client;
  taskQueue: string;
  /** Starts a run; ids are those of the product, with a prefix of this stand. */
  start(input: RunInput | object): ReturnType<Client['workflow']['start']>;
  /** Starts a run and waits for its result. */
  run(input?: RunInput): Promise<RunResult>;
  /** Approves a held plan; the handle of the run that this starts. */
  approve(plan: string, by?: Approval): Promise<WorkflowHandle<() => Promise<RunResult>>>;
  close(): Promise<void>;
}

interface Approval {
  activation?: string;
  by?: string;
  reason?: string;
}

export type { WorkerProcess } from '../../dev/worker.ts';

/** Tests provoke failed activities and workflows, and check them where they are thrown. */
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });

export function newTaskQueue(): string {
  return `test-${randomBytes(4).toString('hex')}`;
}

/** A stand and a worker for all tests of a file, which end with them. */
export async function standWithWorker(options: StandOptions = {}) {
  const stand = await startStand(options);
  afterAll(() => stand.dispose());
  const hosted = await hostWorker(stand);
  afterAll(() => hosted.close()); // the last one first
  afterAll(() => endOpenRuns(hosted));
  return { stand, hosted };
}

/**
 * Terminates what is still open on the task queue of a worker. Without a worker it would stay open, and the commands of
 * later tests would find it, because all tests have the same activation.
 */
export async function endOpenRuns({ client, taskQueue }: Hosted): Promise<void> {
  const open = client.workflow.list({ query: `TaskQueue="${taskQueue}" and ExecutionStatus="Running"` });
  for await (const { workflowId, runId } of open) {
    await client.workflow
      .getHandle(workflowId, runId)
      .terminate('its test has ended')
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error; // it has just ended
      });
  }
}

interface OnStand {
  stand: Stand;
  client: Client;
  /** Hosts a worker on the stand, see {@link hostWorker}. */
  host: (taskQueue?: string, workerAddress?: string) => Promise<Hosted>;
}

/** A test with its own stand; each part is started on demand, and ends with the test. */
export const testOnStand = test.extend<OnStand>({
  stand: async ({}, use) => {
    const stand = await startStand();
    await use(stand);
    await stand.dispose();
  },
  client: async ({}, use) => {
    const client = await connectClient();
    await use(client);
    await client.connection.close();
  },
  host: async ({ stand }, use) => {
    const hosted: Hosted[] = [];
    await use(async (taskQueue, workerAddress) => {
      hosted.push(await hostWorker(stand, taskQueue, workerAddress));
      return hosted.at(-1)!;
    });
    for (const worker of hosted) await worker.close();
  },
});

function settingsOf({ stateUrl, projectFolder, env }: Stand, taskQueue: string): WorkerSettings {
  const temporal = { TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' };
  return { temporal, stateUrl, projectFolder, env, taskQueue, bundle: workflowBundle().codePath };
}

/** Starts a worker in its own process, by default on the product's task queue; resolves when it is ready. */
export function startWorkerProcess(
  stand: Stand,
  taskQueue = TASK_QUEUE,
  env: NodeJS.ProcessEnv = {},
): Promise<WorkerProcess> {
  const settings = settingsOf(stand, taskQueue);
  return startProcess(
    { ...settings, env: { ...settings.env, ...env } },
    { from: 'sources', keepsOutput: true },
  );
}

/** @param workerAddress where the worker finds Temporal; the client asks the server itself */
export async function hostWorker(
  stand: Stand,
  taskQueue = newTaskQueue(),
  workerAddress = temporalAddress(),
): Promise<Hosted> {
  const settings = settingsOf(stand, taskQueue);
  const worker = await startWorkerHere({
    ...settings,
    temporal: { ...settings.temporal, TEMPORAL_ADDRESS: workerAddress },
  });
  const client = await connectClient();
  const start = (input: object) =>
    client.workflow.start(WORKFLOW_TYPE, {
      taskQueue,
      workflowId: `${taskQueue}/${randomBytes(3).toString('hex')}`,
      args: [input],
    });
  return {
    client,
    taskQueue,
    start,
    run: async (input = { activation: 'vip' }) => (await start(input)).result() as Promise<RunResult>,
    approve: async (plan, { activation = 'vip', reason = 'test', by } = {}) => {
      const decided = (await client.workflow.execute(DECIDE_WORKFLOW_TYPE, {
        taskQueue,
        workflowId: `${taskQueue}/${randomBytes(3).toString('hex')}`,
        args: [{ decision: 'approve', activation, plan, reason, by }],
      })) as DecisionResult;
      if (!decided.run) throw new Error('Another run is running.');
      return client.workflow.getHandle(decided.run.workflowId, decided.run.runId);
    },
    close: async () => {
      await worker.stop();
      await worker.ended;
      await client.connection.close();
    },
  };
}
