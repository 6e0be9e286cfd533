import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../contract/names.ts';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { LIST, startStand, type Stand } from '../support/stand.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';
import { startWorkerProcess } from '../support/temporal-run.ts';

let stand: Stand;
let hosted: Hosted;
let client: Client;
beforeAll(async () => {
  stand = await startStand();
  hosted = await hostWorker(stand);
  client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
});
afterAll(async () => {
  await client?.connection.close();
  await hosted?.close();
  await stand?.dispose();
});

test('a terminated run whose upload wakes up after a newer run has delivered changes nothing', async () => {
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
  await sleeper.kill('SIGTERM'); // its activity ends before it does
  await stand.actito.pollNow();
  expect(stand.actito.list(LIST)?.lastRetrievedFile?.retrievedMoment).toBe(retrieved);
  expect([...stand.actito.listMembers(LIST)]).toEqual(['new@shop.be']);
  expect(await hosted.run()).toMatchObject({ counts: { unchanged: 1 }, list: { pushed: null } });
}, 120_000);
