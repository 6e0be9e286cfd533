import { readFile, writeFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStand, type Stand } from '../support/stand.ts';
import { workflowBundle } from '../setup/servers.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';

/*
 * Recorded real histories: a change to the workflow that would break runs under way breaks these. When such a change
 * is meant, record them anew: RECORD_HISTORIES=1 npx vitest run test/workflows/replay
 */

const NAMES = ['first-run', 'unchanged-run', 'failed-run'];
const file = (name: string) => new URL(`histories/${name}.json`, import.meta.url);

function recording(): void {
  let stand: Stand;
  let hosted: Hosted;
  beforeAll(async () => {
    stand = await startStand();
    hosted = await hostWorker(stand);
  });
  afterAll(async () => {
    await hosted?.close();
    await stand?.dispose();
  });

  test('records a first, an unchanged and a failed run', async () => {
    await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
    await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna', 12.5, 'Gent')`);
    for (const name of NAMES) {
      if (name === 'failed-run') await stand.warehouse.query('drop table people');
      const handle = await hosted.start({ activation: 'vip' });
      await handle.result().catch(() => undefined);
      await writeFile(file(name), historyToJSON(await handle.fetchHistory()));
    }
  });
}
if (process.env.RECORD_HISTORIES) describe('recording', recording);

test.each(NAMES)('the recorded history of a %s replays', async (name) => {
  const history: unknown = JSON.parse(await readFile(file(name), 'utf8'));
  await expect(
    Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history, name),
  ).resolves.toBeUndefined();
});

test('a history that does not fit the workflow is noticed', async () => {
  const history = JSON.parse(await readFile(file('first-run'), 'utf8')) as {
    events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
  };
  for (const event of history.events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType.name === 'plan') scheduled.activityType.name = 'provision';
  }
  await expect(
    Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history, 'broken'),
  ).rejects.toThrow();
});
