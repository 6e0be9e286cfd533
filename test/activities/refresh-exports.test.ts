import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { until } from '../setup/until.ts';
import { exportText, profilesSetting } from '../support/exported.ts';
import { ANNA, BOB, daily, EVE, full, standWithExports } from '../support/refreshing.ts';

/* Exports on a real SFTP server, and what becomes of them in the profile directory. */

const { stand, runner, folder, refresh, directory, segment } = await standWithExports();

describe('a file that is not complete', () => {
  test.each([
    ['is empty', Buffer.of()],
    ['has a last line without an end', Buffer.from(exportText([['2', BOB]])).subarray(0, -1)],
    ['is a GZIP that ends in the middle', gzipSync(exportText([['2', BOB]])).subarray(0, -4)],
  ])('is left for the next time if it %s, and is then read', async (_, half) => {
    await folder.write(daily(-1), exportText([['1', ANNA]]));
    await folder.write(daily(0), half);
    expect(await refresh()).toMatchObject({
      read: [daily(-1)],
      notes: [
        `The export ${daily(0)} may still be growing, so the profile directory does not include it yet. The next run reads it.`,
      ],
    });
    expect(await directory()).toEqual({ 1: ANNA });
    await folder.write(daily(0), exportText([['2', BOB]]), 0);
    expect(await refresh()).toMatchObject({ read: [daily(0)], notes: [] });
    expect(await directory()).toEqual({ 1: ANNA, 2: BOB });
  });

  test('is refused once it has not changed for an hour, and a file that grows in between is not', async () => {
    await folder.write(daily(0), 'profileId;emailAddress\n1;an');
    await expect(refresh()).resolves.toMatchObject({ read: [] });
    await stand.age(0.9);
    await folder.write(daily(0), 'profileId;emailAddress\n1;anna@sh', 0.5);
    expect((await refresh()).notes[0]).toContain('may still be growing');
    await stand.age(0.9);
    expect((await refresh()).notes[0]).toContain('may still be growing');
    await stand.age(0.2);
    await expect(refresh()).rejects.toMatchObject({
      type: 'ExportInvalid',
      message: expect.stringContaining('has not changed for more than 1 hour') as string,
    });
    await folder.write(daily(0), exportText([['1', ANNA]]), 0);
    expect((await refresh()).read).toEqual([daily(0)]);
  });

  test('may be written in place by Actito: what is there first is left, and all of it is read at the end', async () => {
    await stand.actito.seedContacts([{ emailAddress: ANNA }, { emailAddress: BOB }]);
    const columns = { profileId: 'profileId', emailAddress: 'emailAddress' };
    stand.actito.createExport({ name: 'all', kind: 'full', fileName: 'full_$yyyyMMdd.csv', columns });
    stand.actito.setFault('exportInPlace', { afterBytes: 30 });
    const writing = stand.actito.exportNow('all');
    await until(
      'half of it is written',
      async () => (await readFile(folder.path(full(0))).catch(() => '')).length === 30,
    );
    expect(await refresh()).toMatchObject({
      read: [],
      notes: [expect.stringContaining('may still be growing')],
    });
    stand.actito.setFault('exportInPlace', null);
    await writing;
    expect((await refresh()).read).toEqual([full(0)]);
    expect(await directory()).toEqual({ 1: ANNA, 2: BOB });
  });
});

test('a plain file whose writer pauses at a line end looks complete; it is read again once it has changed', async () => {
  await stand.actito.seedContacts([{ emailAddress: ANNA }, { emailAddress: BOB }]);
  const columns = { profileId: 'profileId', emailAddress: 'emailAddress' };
  stand.actito.createExport({ name: 'all', kind: 'full', fileName: 'full_$yyyyMMdd.csv', columns });
  const half = exportText([['1', ANNA]]);
  stand.actito.setFault('exportInPlace', { afterBytes: half.length });
  const writing = stand.actito.exportNow('all');
  await until(
    'the first lines are written',
    async () => (await readFile(folder.path(full(0)), 'utf8').catch(() => '')) === half,
  );
  expect((await refresh()).read).toEqual([full(0)]);
  expect(await directory()).toEqual({ 1: ANNA });
  stand.actito.setFault('exportInPlace', null);
  await writing;
  expect((await refresh()).read).toEqual([full(0)]);
  expect(await directory()).toEqual({ 1: ANNA, 2: BOB });
});

describe('a file that cannot be used', () => {
  const BROKEN = `${exportText([['2', BOB]])}3;eve@shop.be;more\n`;

  test('gives nothing to the directory, and stops the daily files after it until it is replaced', async () => {
    await folder.write(daily(-2), exportText([['1', ANNA]]));
    await folder.write(daily(-1), BROKEN);
    await folder.write(daily(0), exportText([['3', EVE]]));
    const { read, notes } = await refresh();
    expect(read).toEqual([daily(-2)]);
    expect(notes).toEqual([
      expect.stringMatching(
        /3 fields in line 3.* Nothing of \S+ was used, and no later daily file was read\./,
      ),
    ]);
    expect(notes[0]).not.toContain('shop.be');
    expect(await directory()).toEqual({ 1: ANNA });
    expect((await refresh()).notes).toEqual(notes);

    await folder.write(daily(-1), exportText([['2', BOB]]), 0);
    expect(await refresh()).toMatchObject({ read: [daily(-1), daily(0)], notes: [] });
    expect(await directory()).toEqual({ 1: ANNA, 2: BOB, 3: EVE });
  });

  test('is passed by a later full export', async () => {
    await folder.write(daily(-2), exportText([['1', ANNA]]));
    await folder.write(daily(-1), BROKEN);
    await refresh();
    await folder.write(full(0), exportText([['2', BOB]]));
    expect(await refresh()).toMatchObject({ read: [full(0)], notes: [] });
    expect(await directory()).toEqual({ 2: BOB });
  });

  test('does not stop the daily files if it is a full export', async () => {
    await folder.write(daily(-2), exportText([['1', ANNA]]));
    await folder.write(full(-1), BROKEN);
    await folder.write(daily(-1), exportText([]));
    await folder.write(daily(0), exportText([['3', EVE]]));
    const { read, notes } = await refresh();
    expect(read).toEqual([daily(-2), daily(-1), daily(0)]);
    expect(notes).toEqual([expect.stringMatching(new RegExp(`Nothing of ${full(-1)} was used\\.`))]);
    expect(await directory()).toEqual({ 1: ANNA, 3: EVE });
  });

  test('is a failure if the directory would stay empty because of it, and a run says why', async () => {
    await folder.write(daily(0), BROKEN);
    await segment(ANNA);
    const { outcome, notRefreshed, failure } = await runner.run();
    expect(outcome).toBe('failed');
    expect(notRefreshed).toMatchObject({ type: 'ExportInvalid' });
    expect(notRefreshed!.message).toContain('The profile directory is empty, because no export can be used.');
    expect(failure).toMatchObject({ type: 'ExportInvalid' });
  });
});

test('files that a full export replaced stay replaced while its next version is written under the same name', async () => {
  await stand.writeDestination({ profiles: profilesSetting({ full: 'full*.csv' }) });
  await folder.write(daily(-3), exportText([['7', EVE]]));
  await folder.write('full.csv', exportText([['1', ANNA]]), 48);
  expect((await refresh()).read).toEqual(['full.csv']);
  await folder.write(daily(-4), exportText([['7', BOB]])); // it comes late
  expect((await refresh()).read).toEqual([]);
  await folder.write('full.csv', 'profileId;emailAddress\n1;an', 0);
  for (let times = 0; times < 2; times++) {
    expect(await refresh()).toMatchObject({
      read: [],
      notes: [expect.stringContaining('may still be growing')],
    });
    expect(await directory()).toEqual({ 1: ANNA });
  }
  await folder.write('full.csv', exportText([['2', BOB]]), 0);
  expect((await refresh()).read).toEqual(['full.csv']);
  expect(await directory()).toEqual({ 2: BOB });
});

describe('a full export with far fewer profiles', () => {
  beforeEach(async () => {
    await folder.write(
      full(-2),
      exportText([
        ['1', ANNA],
        ['2', BOB],
        ['3', EVE],
      ]),
    );
    await refresh();
    await folder.write(full(-1), exportText([['3', EVE]]));
  });

  test('is refused, until a person accepts it by its name', async () => {
    const { read, notes } = await refresh();
    expect(read).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('has 1 profile with a usable key, but 3 are known')]);
    expect((await refresh({ accept: full(-2) })).read).toEqual([]);
    expect(Object.keys(await directory())).toHaveLength(3);

    expect(await refresh({ accept: full(-1) })).toMatchObject({ read: [full(-1)], notes: [] });
    expect(await directory()).toEqual({ 3: EVE });
    expect(await refresh()).toMatchObject({ read: [], notes: [] });
  });

  test('is accepted with the daily files after it, which are read again', async () => {
    await folder.write(daily(0), exportText([['1', BOB]]));
    expect((await refresh()).read).toEqual([daily(0)]);
    expect((await refresh({ accept: full(-1) })).read).toEqual([full(-1), daily(0)]);
    expect(await directory()).toEqual({ 1: BOB, 3: EVE });
  });

  test.each([
    ['a name that is not on the server', () => full(-9)],
    ['a daily file', () => daily(0)],
  ])('cannot be accepted by %s', async (_, name) => {
    await folder.write(daily(0), exportText([]));
    await expect(refresh({ accept: name() })).rejects.toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringContaining(`There is no full export ${name()} on the file server`) as string,
    });
  });
});

test('a daily file with a header only is read, and makes the directory young again', async () => {
  await folder.write(daily(-1), exportText([['1', ANNA]]), 40);
  const { writtenAt } = await refresh();
  await folder.write(daily(0), exportText([]), 1);
  const later = await refresh();
  expect(later).toMatchObject({ read: [daily(0)], notes: [] });
  expect(Date.parse(later.writtenAt!) - Date.parse(writtenAt!)).toBeCloseTo(39 * 3_600_000, -4);
  expect(await directory()).toEqual({ 1: ANNA });
});

test('files that come late, and files of the future, are reported once', async () => {
  await folder.write(daily(-2), exportText([['1', ANNA]]));
  await refresh();
  await folder.remove(daily(-2));
  await folder.write(daily(-3), exportText([['1', EVE]]));
  await folder.write(daily(3), exportText([['1', EVE]]));
  for (const days of [-1, 0]) await folder.write(full(days), 'nonsense\n');
  const { read, notes } = await refresh();
  expect(read).toEqual([]);
  expect(notes.filter((note) => note.includes(daily(-3)))).toEqual([
    expect.stringContaining('came after newer ones'),
  ]);
  expect(notes.filter((note) => note.includes(daily(3)))).toEqual([expect.stringContaining('in the future')]);
  expect(await directory()).toEqual({ 1: ANNA });
  expect((await refresh()).notes.sort()).toEqual(notes.sort());
});
