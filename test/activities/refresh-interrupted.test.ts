import { utimes } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rows } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { exportText, profilesSetting } from '../support/exported.ts';
import { lock } from '../support/holding.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { ANNA, BOB, daily, EVE, full, standWithExports } from '../support/refreshing.ts';
import { LIST } from '../support/stand.ts';

/* Reading exports while files change, workers end, several workers read, or the server is away. */

const { stand, runner, folder, refresh, newEnvironment, directory, segment } = await standWithExports();

function sftpAt(port: number): object {
  const { host, username, hostKey } = stand.actito.sftp;
  return { protocol: 'sftp', host, port, username, hostKey, password: { env: 'SFTP_PASSWORD' } };
}

/** A destination whose exports are reached through a proxy that can stop forwarding. */
async function throughProxy() {
  const proxy = await startSilentProxy(stand.actito.sftp);
  onTestFinished(() => proxy.stop());
  await stand.writeDestination({ profiles: profilesSetting({ server: sftpAt(proxy.port) }) });
  return proxy;
}
/** An export of some megabytes, so that it is read in many requests. */
const LARGE =
  'profileId;emailAddress;note\n' +
  Array.from({ length: 100 }, (_, index) => `${index};${index}@shop.be;${'x'.repeat(50_000)}\n`).join('');
/** The bytes that a client sends until it is in the middle of LARGE: its login, and some requests. */
const IN_THE_MIDDLE = 8_000;

test('a full export that changes while it is read is left for the next time', async () => {
  await folder.write(full(0), LARGE);
  const proxy = await throughProxy();
  proxy.hushAfter(IN_THE_MIDDLE);
  const reading = refresh();
  await proxy.silent();
  await utimes(folder.path(full(0)), new Date(), new Date());
  proxy.resume();
  expect(await reading).toMatchObject({ read: [], notes: [expect.stringContaining('may still be growing')] });
  expect(await directory()).toEqual({});
  expect((await refresh()).read).toEqual([full(0)]);
  expect(Object.keys(await directory())).toHaveLength(100);
});

test('a daily file that changes while it is read is read again', async () => {
  await folder.write(daily(0), LARGE);
  const proxy = await throughProxy();
  proxy.hushAfter(IN_THE_MIDDLE);
  const reading = refresh();
  await proxy.silent();
  await utimes(folder.path(daily(0)), new Date(), new Date());
  proxy.resume();
  await reading;
  expect((await refresh()).read).toEqual([daily(0)]);
  expect((await refresh()).read).toEqual([]);
});

test('a cancellation in the middle of a file ends the reading, and the next time reads all of it', async () => {
  await folder.write(daily(0), LARGE);
  const proxy = await throughProxy();
  proxy.hushAfter(IN_THE_MIDDLE);
  const environment = newEnvironment();
  const reading = refresh({}, environment);
  await proxy.silent();
  environment.cancel();
  await expect(reading).rejects.toMatchObject({ name: 'CancelledFailure' });
  proxy.resume();
  expect(await directory()).toEqual({});
  expect((await refresh()).read).toEqual([daily(0)]);
});

test('if reading ends between a late file and a newer one, the newer one still has the last word', async () => {
  await folder.write(daily(-2), exportText([['1', ANNA]]));
  await folder.write(daily(0), LARGE);
  await refresh();
  await folder.write(daily(-1), exportText([['99', EVE]]));
  const proxy = await throughProxy();
  proxy.hushAfter(IN_THE_MIDDLE);
  const environment = newEnvironment();
  const reading = refresh({}, environment);
  await proxy.silent();
  environment.cancel();
  await expect(reading).rejects.toMatchObject({ name: 'CancelledFailure' });
  proxy.resume();
  expect(await directory()).toMatchObject({ 99: EVE });
  expect((await refresh()).read).toEqual([daily(0)]);
  expect(await directory()).toMatchObject({ 99: '99@shop.be' });
});

/** Sessions that wait for a lock on a table of the state. */
const waiting = (table: string) =>
  rows<{ pid: number }>(
    stand.state,
    'select pid from pg_locks where not granted and relation = to_regclass(:table)',
    { table },
  );

test('a worker whose connection ends in the middle of a load has changed nothing, and the next one reads all', async () => {
  await folder.write(daily(-1), exportText([['1', ANNA]]));
  await folder.write(daily(0), exportText([['2', BOB]]));
  const letGo = await lock(stand, 'exports', 'exclusive');
  const reading = refresh();
  const failing = expect(reading).rejects.toMatchObject({ type: 'StateUnavailable' });
  await until('a load waits', async () => (await waiting('exports')).length > 0);
  for (const { pid } of await waiting('exports')) {
    await stand.state.raw('select pg_terminate_backend(?)', [pid]);
  }
  await failing;
  await letGo();
  expect(await directory()).toEqual({});
  expect((await refresh()).read).toEqual([daily(-1), daily(0)]);
  expect(await directory()).toEqual({ 1: ANNA, 2: BOB });
});

test('two refreshes at the same time read each file once', async () => {
  await folder.write(daily(-1), exportText([['1', ANNA]]));
  await folder.write(daily(0), exportText([['2', BOB]]));
  await refresh();
  await folder.write(daily(0), exportText([['3', EVE]]), 0);
  const letGo = await lock(stand, 'directories', 'exclusive');
  const both = [refresh(), refresh()];
  await until('both wait', async () => (await waiting('directories')).length === 2);
  await letGo();
  expect((await Promise.all(both)).flatMap(({ read }) => read)).toEqual([daily(0)]);
  expect(await directory()).toEqual({ 1: ANNA, 2: BOB, 3: EVE });
});

describe.each<[string, () => Promise<object>, string]>([
  ['folder that is missing', async () => ({ directory: '/elsewhere' }), 'DeliveryRefused'],
  ['server that is away', async () => ({ server: await nobody() }), 'DeliveryUnavailable'],
])('a %s', (_, change, type) => {
  test('does not stop a run while the directory is young enough, and holds it once it is too old', async () => {
    await stand.actito.seedContacts([{ emailAddress: ANNA }]);
    await folder.write(daily(0), exportText([['1', ANNA]]));
    await segment(ANNA, BOB);
    await refresh();
    await stand.writeDestination({ profiles: profilesSetting(await change(), { maxAge: '2d' }) });
    const run = await runner.run();
    expect(run).toMatchObject({ outcome: 'succeeded', counts: { added: 1, waiting: 1 } });
    expect(run.notRefreshed).toMatchObject({ type });
    await stand.actito.pollNow();
    expect([...stand.actito.listMembers(LIST)]).toEqual(['1']);

    await stand.age(50);
    const held = await runner.run();
    expect(held).toMatchObject({ outcome: 'held', plan: { guards: [{ guard: 'profiles.maxAge' }] } });
    expect(held.plan!.guards[0]!.message).toMatch(
      /^The profile directory is 5[01] hours old; the limit is 48/,
    );
    await stand.writeDestination({ profiles: profilesSetting() });
    await folder.write(daily(1), exportText([]), 0);
    expect((await runner.run()).outcome).toBe('succeeded');
  });
});

/** An SFTP server on a port where none listens any more. */
async function nobody(): Promise<object> {
  const proxy = await startSilentProxy(stand.actito.sftp);
  proxy.stop();
  return sftpAt(proxy.port);
}
