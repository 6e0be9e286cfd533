import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, test } from 'vitest';
import { WORKFLOW_TYPE } from '../../contract/names.ts';
import type { RunResult } from '../../contract/result.ts';
import { temporalAddress } from '../setup/servers.ts';
import { expectAsIfNothingHadBeen, seedPeople } from '../support/as-if-nothing.ts';
import { hold, PHASE_NAMES } from '../support/holding.ts';
import { ACTIVATION, startStand } from '../support/stand.ts';
import { hostWorker, newTaskQueue } from '../support/temporal-run.ts';
import { startWorkerProcess } from '../support/temporal-run.ts';

/*
 * The worker is killed while it is busy in a phase; another goes on. All phases side by side, each on a stand of its own:
 * most of the time Temporal waits for the heartbeat of the one that was killed.
 */

let client: Client;
beforeAll(async () => {
  client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
});
afterAll(() => client?.connection.close());

test.concurrent.each(PHASE_NAMES)(
  'a worker killed in %s is replaced, and the run ends as if nothing had been',
  async (phase) => {
    const stand = await startStand();
    const taskQueue = newTaskQueue();
    const begin = () =>
      client.workflow.start(WORKFLOW_TYPE, {
        taskQueue,
        workflowId: `${taskQueue}/killed`,
        args: [{ activation: ACTIVATION }],
      });
    try {
      await seedPeople(stand);
      const first = await startWorkerProcess(stand, taskQueue); // before the lock: a worker that starts cleans up
      const { handle, letGo } = await hold(phase, stand, begin);
      await first.kill();
      await letGo();
      const second = await hostWorker(stand, taskQueue);
      try {
        await expectAsIfNothingHadBeen(stand, (await handle.result()) as RunResult, () => second.run());
      } finally {
        await second.close();
      }
    } finally {
      await stand.dispose();
    }
  },
);
