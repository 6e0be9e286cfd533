import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { startSwitchedProxy } from '../support/switched-proxy.ts';
import { testOnStand } from '../support/temporal-run.ts';

/** Milliseconds without Temporal: many attempts of the worker to reach it. */
const AWAY = 5_000;

testOnStand(
  'a worker that loses Temporal goes on by itself: with the run that was under way, and with new ones',
  async ({ stand, host }) => {
    const proxy = await startSwitchedProxy(temporalAddress());
    onTestFinished(() => proxy.stop());
    const hosted = await host(undefined, proxy.address);
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
  },
);
