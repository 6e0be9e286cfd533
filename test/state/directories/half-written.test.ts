import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FileEntry, FileServer } from '../../../actito/delivery/file-server.ts';
import { refreshFrom } from '../../../activities/profiles/refresh.ts';
import type { RefreshSummary } from '../../../contract/steps.ts';
import { openDirectory } from '../../../state/profiles/directory.ts';
import { rows } from '../../../state/state.ts';
import { freshState, newActivation, type StateWorld } from '../support.ts';
import { directoryOf, profilesOf } from './support.ts';

/* Exports that are still being written, and servers that report little about them. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const SETTINGS = {
  directory: '/exports/',
  file: 'p_$yyyyMMdd.csv',
  full: 'full_$yyyyMMdd.csv',
  columns: { profileId: 'id', externalId: 'key' },
};
const DAILY = 'p_20260102.csv';
const FULL = 'full_20260101.csv';
const text = (...profiles: string[]) => ['id;key', ...profiles].map((line) => `${line}\n`).join('');

/** A folder in memory. `listing` is what the server reports about its files. */
class Folder {
  readonly files = new Map<string, { content: string; modified: Date }>();
  listing = (entry: FileEntry): FileEntry => entry;
  /** Happens while a file is copied, after its content at that time was sent. */
  meanwhile: (name: string) => void = () => undefined;
  readonly reads: string[] = [];
  /** The names whose size and time were asked for. */
  readonly asked = new Set<string>();

  write(name: string, content: string, modified = new Date('2026-01-02T05:00:00Z')): void {
    this.files.set(name, { content, modified });
  }

  readonly server: Pick<FileServer, 'entries' | 'read'> = {
    entries: (_folder, isWanted = () => true) =>
      Promise.resolve(
        [...this.files]
          .filter(([name]) => isWanted(name))
          .map(([name, { content, modified }]) => {
            this.asked.add(name);
            return this.listing({ name, size: content.length, modified });
          }),
      ),
    read: (path) => this.#read(path.slice('/exports/'.length)),
  };

  async *#read(name: string): AsyncGenerator<Buffer> {
    this.reads.push(name);
    yield await Promise.resolve(Buffer.from(this.files.get(name)!.content));
    this.meanwhile(name);
  }
}

async function standing() {
  const directory = await directoryOf(world, newActivation());
  const folder = new Folder();
  const environment = new MockActivityEnvironment();
  const { attribute } = directory;
  const settings = { ...SETTINGS, columns: { profileId: 'id', [attribute]: 'key' } };
  return {
    folder,
    profiles: () => profilesOf(world, directory),
    refresh: async () => {
      const source = { server: folder.server as FileServer, peer: 'a server', settings };
      const { read, notes }: RefreshSummary = await environment.run(async () =>
        refreshFrom(world, source, await openDirectory(world.state, directory)),
      );
      return { read: read.map(({ file }) => file), notes: notes.map(({ reason }) => reason) };
    },
    why: () =>
      rows<{ why: string | null }>(
        world.state,
        `select failure #>> '{facts,why}' as why from exports where directory = ? order by name`,
        [directory.id],
      ).then((found) => found.map(({ why }) => why)),
  };
}

test.each([FULL, DAILY])(
  'a file that grows while it is copied is left for the next time: %s',
  async (name) => {
    const { folder, profiles, refresh, why } = await standing();
    folder.write(name, text('1;a'));
    folder.meanwhile = () => folder.write(name, text('1;a', '2;b'));
    expect(await refresh()).toEqual({ read: [], notes: ['exportWaits'] });
    expect(await why()).toEqual(['changed']);
    expect(await profiles()).toEqual([]);
    folder.meanwhile = () => undefined;
    expect(await refresh()).toEqual({ read: [name], notes: [] });
    expect(await profiles()).toHaveLength(2);
  },
);

test.each([
  ['time', (folder: Folder) => folder.write(FULL, text('1;b'), new Date('2026-01-02T06:00:00Z'))],
  ['existence', (folder: Folder) => folder.files.delete(FULL)],
])('a file whose %s changes while it is copied is left for the next time', async (_, change) => {
  const { folder, profiles, refresh } = await standing();
  folder.write(FULL, text('1;a'));
  folder.meanwhile = () => change(folder);
  expect(await refresh()).toEqual({ read: [], notes: ['exportWaits'] });
  expect(await profiles()).toEqual([]);
});

test('a copy of another size than the server reports is not whole', async () => {
  const { folder, profiles, refresh, why } = await standing();
  folder.write(FULL, text('1;a', '2;b'));
  folder.listing = (entry) => ({ ...entry, size: entry.size! + 4 });
  expect(await refresh()).toEqual({ read: [], notes: ['exportWaits'] });
  expect(await why()).toEqual(['changed']);
  expect(await profiles()).toEqual([]);
});

test('a size or a time alone is enough to see a change', async () => {
  for (const unknown of [{ size: undefined }, { modified: undefined }]) {
    const { folder, refresh } = await standing();
    folder.listing = (entry) => ({ ...entry, ...unknown });
    folder.write(FULL, text('1;a'));
    folder.meanwhile = () => folder.write(FULL, text('1;a', '2;b'), new Date('2026-01-02T05:01:00Z'));
    expect(await refresh()).toEqual({ read: [], notes: ['exportWaits'] });
    folder.meanwhile = () => undefined;
    expect(await refresh()).toEqual({ read: [FULL], notes: [] });
  }
});

const NOTHING = { size: undefined, modified: undefined };

test('if the server reports neither size nor time, a file is read once two refreshes found the same', async () => {
  const { folder, profiles, refresh, why } = await standing();
  folder.listing = (entry) => ({ ...entry, ...NOTHING });
  folder.write(FULL, text('1;a'));
  expect(await refresh()).toEqual({ read: [], notes: ['exportWaits'] });
  expect(await why()).toEqual(['once']);
  folder.write(FULL, text('1;a', '2;b'));
  expect(await refresh()).toEqual({ read: [], notes: ['exportWaits'] });
  expect(await profiles()).toEqual([]);
  expect(await refresh()).toEqual({ read: [FULL], notes: [] });
  expect(await profiles()).toHaveLength(2);
  // What was read is not copied again, and a later file does not wait for it.
  folder.reads.length = 0;
  folder.write(DAILY, text('3;c'));
  await refresh();
  expect(await refresh()).toEqual({ read: [DAILY], notes: [] });
  expect(folder.reads).toEqual([DAILY, DAILY]);
});

test('if the server reports neither size nor time, a file that stays incomplete is refused after an hour', async () => {
  const { folder, refresh } = await standing();
  folder.listing = (entry) => ({ ...entry, ...NOTHING });
  folder.write(DAILY, text('1;a'));
  await refresh();
  await refresh();
  folder.write('p_20260103.csv', text('2;b').trimEnd());
  await refresh();
  expect(await refresh()).toEqual({ read: [], notes: ['exportWaits'] });
  await world.state.raw(`update exports set met_at = met_at - interval '61 minutes'`);
  expect(await refresh()).toEqual({ read: [], notes: ['exportRefused'] });
  folder.write('p_20260103.csv', text('2;b'));
  expect(await refresh()).toEqual({ read: [], notes: ['exportWaits'] });
  expect(await refresh()).toEqual({ read: ['p_20260103.csv'], notes: [] });
});

test('the server is asked for the files of the export only, and a missing day is reported', async () => {
  const { folder, refresh } = await standing();
  for (const name of [FULL, 'p_20260104.csv', 'campaigns.csv']) folder.write(name, text('1;a'));
  expect(await refresh()).toEqual({ read: [FULL, 'p_20260104.csv'], notes: ['exportDayMissing'] });
  expect([...folder.asked].sort()).toEqual([FULL, 'p_20260104.csv']);
});
