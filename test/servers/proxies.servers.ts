import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { DOCTOR_WORKFLOW_TYPE, type DoctorResult } from '../../contract/doctor.ts';
import { probeInWords } from '../../contract/probes.ts';
import { freePort } from '../../dev/ports.ts';
import { LIST, resetStand, startStand, type Stand } from '../support/stand.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';
import { startSquid } from './setup/squid.ts';
import { type Proxy, startTinyproxy } from './setup/tinyproxy.ts';

/* The worker reaches the API of Actito only through a proxy. */

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
beforeEach(async () => {
  await resetStand(stand);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, first_name) values ('anna@shop.be', 'Anna')`);
});

afterEach(async () => {
  delete stand.env.HTTP_PROXY;
  delete stand.env.NO_PROXY;
  await stand.writeDestination();
});

const examine = async () =>
  (await hosted.client.workflow.execute(DOCTOR_WORKFLOW_TYPE, {
    taskQueue: hosted.taskQueue,
    workflowId: `${hosted.taskQueue}/doctor-${Math.random()}`,
    args: [{ target: 'actito' }],
  })) as DoctorResult;
const keyProbe = ({ probes }: DoctorResult) => probes.find(({ name }) => name === 'Actito key of actito')!;

describe.each([
  ['tinyproxy', startTinyproxy],
  ['Squid', startSquid],
])('%s', (_, start) => {
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await start();
  });
  afterAll(() => proxy?.stop());

  test('a run sends files and results through the proxy, and doctor says so', async () => {
    stand.env.HTTP_PROXY = proxy.url;
    const port = new URL(stand.actito.apiUrl).port;
    expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
    expect([...stand.actito.listMembers(LIST)]).toEqual(['anna@shop.be']);
    await expect.poll(async () => (await proxy.tunnels()).length).toBeGreaterThan(0);
    expect((await proxy.tunnels()).every((line) => line.includes(`127.0.0.1:${port}`))).toBe(true);
    const probe = keyProbe(await examine());
    expect(probe.ok).toBe(true);
    expect(probeInWords(probe).join()).toContain(`reached through the proxy ${proxy.host}`);
    expect(probeInWords(probe).join()).not.toContain('pass-word');
  });

  test('NO_PROXY bypasses the proxy', async () => {
    Object.assign(stand.env, { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });
    const before = (await proxy.tunnels()).length;
    expect(await hosted.run()).toMatchObject({ outcome: 'succeeded' });
    expect(await proxy.tunnels()).toHaveLength(before);
  });

  test('a refusal of the proxy is reported as its own: a missing account, and a port that it does not allow', async () => {
    stand.env.HTTP_PROXY = `http://${proxy.host}`;
    expect(keyProbe(await examine())).toMatchObject({
      ok: false,
      type: 'ConfigurationInvalid',
      says: [{ reason: 'proxyRefuses', facts: { proxy: proxy.host, status: 407 } }],
    });
    const strict = await start([443]);
    onTestFinished(() => strict.stop());
    stand.env.HTTP_PROXY = strict.url;
    expect(keyProbe(await examine())).toMatchObject({
      ok: false,
      says: [{ reason: 'proxyRefuses', facts: { proxy: strict.host, status: 403 } }],
    });
  });

  test('a target that the proxy cannot reach is a temporary failure, reported as that of the proxy', async () => {
    stand.env.HTTP_PROXY = proxy.url;
    await stand.writeDestination({ baseUrl: `http://127.0.0.1:${await freePort()}` });
    const probe = keyProbe(await examine());
    expect(probe).toMatchObject({
      ok: false,
      type: 'ActitoUnavailable',
      says: [{ facts: { proxy: proxy.host } }],
    });
  });
});
