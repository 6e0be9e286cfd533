import { WORKFLOW_TYPE } from '../../contract/names.ts';
import type { RunResult } from '../../contract/result.ts';
import { SHORT_HEARTBEATS } from '../../dev/heartbeats.ts';
import { expectAsIfNothingHadBeen, seedPeople } from '../support/as-if-nothing.ts';
import { hold, PHASE_NAMES } from '../support/holding.ts';
import { ACTIVATION } from '../support/stand.ts';
import { newTaskQueue, startWorkerProcess, testOnStand } from '../support/temporal-run.ts';

/*
 * The worker is killed while it is busy in a phase, and another continues. All phases run at the same time,
 * each on its own stand, since Temporal mostly waits for the heartbeat of the killed one.
 */

testOnStand.concurrent.for(PHASE_NAMES)(
  'a worker killed in %s is replaced, and the run ends as if nothing had been',
  async (phase, { stand, client, host }) => {
    const taskQueue = newTaskQueue();
    const begin = () =>
      client.workflow.start(WORKFLOW_TYPE, {
        taskQueue,
        workflowId: `${taskQueue}/killed`,
        args: [{ activation: ACTIVATION }],
        memo: SHORT_HEARTBEATS,
      });
    await seedPeople(stand);
    const first = await startWorkerProcess(stand, taskQueue); // before the lock, since a starting worker cleans up
    const { handle, letGo } = await hold(phase, stand, begin);
    await first.kill();
    await letGo();
    const second = await host(taskQueue);
    await expectAsIfNothingHadBeen(stand, (await handle.result()) as RunResult, () => second.run());
  },
);
