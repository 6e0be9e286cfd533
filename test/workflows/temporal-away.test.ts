import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { startStand } from '../support/stand.ts';
import { startSwitchedProxy } from '../support/switched-proxy.ts';
import { hostWorker } from '../support/temporal-run.ts';

/** Milliseconds without Temporal: many attempts of the worker to reach it. */
const AWAY = 5_000;

const stand = await startStand();
afterAll(() => stand.dispose());
const proxy = await startSwitchedProxy(temporalAddress());
afterAll(() => proxy.stop());
const hosted = await hostWorker(stand, undefined, proxy.address);
afterAll(() => hosted.close());

test('a worker that loses Temporal goes on by itself: with the run that was under way, and with new ones', async () => {
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email) values ('anna@shop.be')`);
  stand.actito.setFault('importsStuck', {});
  const run = await hosted.start({ activation: 'vip' });
  await until('the import has begun', async () => stand.actito.imports().length > 0);

  proxy.cut();
  await sleep(AWAY);
  stand.actito.setFault('importsStuck', null);
  proxy.restore();

  expect(await run.result()).toMatchObject({ outcome: 'succeeded', counts: { added: 1 } });
  expect(stand.actito.imports()).toHaveLength(1);
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded' });
});
