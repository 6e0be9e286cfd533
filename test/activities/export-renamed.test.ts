import { rename, writeFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import type { Profiles } from '../../activation/definition/profiles.ts';
import { connectDelivery, resolveExportLogin } from '../../activities/destination.ts';
import { findDestination } from '../../activities/inspect/destination.ts';
import { refreshFrom } from '../../activities/profiles/refresh.ts';
import { directoryKey, openDirectory } from '../../state/profiles/directory.ts';
import { exportText, profilesSetting } from '../support/exported.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { ANNA, BOB, daily, full, standWithExports } from '../support/refreshing.ts';
import { words } from '../support/words.ts';

/* Exports on a real SFTP server that are renamed, replaced or removed while they are read. */

const { stand, folder, refresh, directory, newEnvironment } = await standWithExports();

const WAITS = { read: [], notes: [expect.stringContaining('The next run reads it.')] };
/** An export of some megabytes, so that it is read in many requests. */
const LARGE =
  'profileId;emailAddress;note\n' +
  Array.from({ length: 100 }, (_, index) => `${index};${index}@shop.be;${'x'.repeat(50_000)}\n`).join('');
/** The bytes that a client sends until it is in the middle of LARGE: its login, and some requests. */
const IN_THE_MIDDLE = 8_000;

/** Starts a refresh, lets something happen when it is in the middle of a file, and lets it end. */
async function inTheMiddle(happens: () => Promise<void>) {
  const proxy = await startSilentProxy(stand.actito.sftp);
  onTestFinished(() => proxy.stop());
  const { host, username, hostKey } = stand.actito.sftp;
  const password = { env: 'SFTP_PASSWORD' };
  const server = { protocol: 'sftp', host, port: proxy.port, username, hostKey, password };
  await stand.writeDestination({ profiles: profilesSetting({ server }) });
  proxy.hushAfter(IN_THE_MIDDLE);
  const reading = refresh();
  reading.catch(() => undefined); // awaited below
  await proxy.silent();
  await happens();
  proxy.resume();
  return reading;
}

/** A refresh during which something happens after the folder was listed, and before a file is opened. */
async function onceListed(happens: () => Promise<void>) {
  const { destination, activations } = await findDestination(stand, 'actito');
  const { export: settings } = destination.profiles as Profiles;
  const key = directoryKey({ activation: activations[0]!, destination });
  return newEnvironment().run(async () => {
    const server = await connectDelivery(
      stand,
      resolveExportLogin(stand, destination),
      new AbortController().signal,
    );
    let isListed = false;
    const watched: Pick<FileServer, 'entries' | 'read'> = {
      entries: async (...args) => {
        const entries = await server.entries(...args);
        if (!isListed) await happens();
        isListed = true;
        return entries;
      },
      read: (path) => server.read(path),
    };
    try {
      const source = { server: watched as FileServer, peer: 'a server', settings };
      const { read, notes } = await refreshFrom(stand, source, await openDirectory(stand.state, key));
      return { read: read.map(({ file }) => file), notes: words(notes) };
    } finally {
      await server.close();
    }
  });
}

describe.each([
  ['a full export', full],
  ['a daily file', daily],
])('%s', (_, named) => {
  test('that gets another name while it is read gives nothing, and the next run reads it under that name', async () => {
    await folder.write(named(0), LARGE);
    const renamed = () => rename(folder.path(named(0)), folder.path(named(-1)));
    expect(await inTheMiddle(renamed)).toMatchObject(WAITS);
    expect(await directory()).toEqual({});
    expect(await refresh()).toMatchObject({ read: [named(-1)], notes: [] });
    expect(Object.keys(await directory())).toHaveLength(100);
  });

  test('that another file replaces while it is read gives nothing, and the next run reads the other one', async () => {
    await folder.write(named(0), LARGE);
    const replaced = async () => {
      await writeFile(folder.path('.new'), exportText([['1', ANNA]]));
      await rename(folder.path('.new'), folder.path(named(0)));
    };
    expect(await inTheMiddle(replaced)).toMatchObject(WAITS);
    expect(await directory()).toEqual({});
    expect(await refresh()).toMatchObject({ read: [named(0)], notes: [] });
    expect(await directory()).toEqual({ 1: ANNA });
  });

  test('that gets another name after the folder was listed is left for the next run', async () => {
    const renamed = async () => {
      await folder.write(named(0), exportText([['1', ANNA]]));
      await rename(folder.path(named(0)), folder.path(named(-1)));
    };
    await folder.write(named(0), exportText([['2', BOB]]), 2);
    expect(await onceListed(renamed)).toMatchObject(WAITS);
    expect(await directory()).toEqual({});
    expect(await refresh()).toMatchObject({ read: [named(-1)] });
    expect(await directory()).toEqual({ 1: ANNA });
  });
});
