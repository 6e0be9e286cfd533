import { expect } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../contract/names.ts';
import { until } from '../setup/until.ts';
import { LIST } from '../support/stand.ts';
import { startWorkerProcess, testOnStand } from '../support/temporal-run.ts';

testOnStand(
  'a terminated run whose upload wakes up after a newer run has delivered changes nothing',
  async ({ stand, client, host }) => {
    const hosted = await host();
    await stand.actito.seedContacts([{ emailAddress: 'old@shop.be' }, { emailAddress: 'new@shop.be' }]);
    await stand.warehouse.query(`insert into people values ('old@shop.be', 'Old', 1, 'Gent')`);
    const sleeper = await startWorkerProcess(stand);
    // Long enough to be stopped between the intent to deliver and the upload.
    stand.actito.setFault('slow', { route: '/external-target-lists', milliseconds: 1_500 });
    const handle = await client.workflow.start(WORKFLOW_TYPE, {
      taskQueue: TASK_QUEUE,
      workflowId: `zombie/${Date.now()}`,
      args: [{ activation: 'vip' }],
    });
    const deliveries = async () => (await stand.state('deliveries').select('delivered_at')).length;
    await until('a delivery is intended', async () => (await deliveries()) === 1);
    process.kill(sleeper.pid, 'SIGSTOP');
    stand.actito.setFault('slow', null);
    await handle.terminate('by the test');

    await stand.warehouse.query(`update people set email = 'new@shop.be', first_name = 'New'`);
    expect(await hosted.run()).toMatchObject({
      outcome: 'succeeded',
      list: { pushed: 'first delivery', profiles: 1 },
    });
    const retrieved = stand.actito.list(LIST)?.lastRetrievedFile?.retrievedMoment;

    process.kill(sleeper.pid, 'SIGCONT');
    await sleeper.kill('SIGTERM'); // its activity ends before the test does
    await stand.actito.pollNow();
    expect(stand.actito.list(LIST)?.lastRetrievedFile?.retrievedMoment).toBe(retrieved);
    expect([...stand.actito.listMembers(LIST)]).toEqual(['new@shop.be']);
    expect(await hosted.run()).toMatchObject({ counts: { unchanged: 1 }, list: { pushed: null } });
  },
);
