import { copyFile, mkdir, utimes } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { profilesSetting } from '../support/exported.ts';
import { ANNA, BOB, daily, EVE, full, standWithExports } from '../support/refreshing.ts';

/* Exports that were read, after the settings that gave them their content have changed. */

const { stand, folder, refresh, directory } = await standWithExports();

const change = (changes: object) => stand.writeDestination({ profiles: profilesSetting(changes) });
const CHANGED = expect.stringContaining('The settings of profiles.export changed') as string;

/** Exports with two columns of email addresses. */
const text = (...profiles: string[]) =>
  `profileId;emailAddress;private\n${profiles.map((line) => `${line}\n`).join('')}`;

test('if the header of the key changes, the files are read again, from the newest full export on', async () => {
  await folder.write(daily(-2), text(`0;${EVE};${EVE}`));
  await folder.write(full(-1), text(`1;${ANNA};${BOB}`));
  await folder.write(daily(0), text(`2;${BOB};${EVE}`));
  await refresh();
  expect(await directory()).toEqual({ 1: ANNA, 2: BOB });
  await change({ columns: { profileId: 'profileId', emailAddress: 'private' } });
  expect(await refresh()).toMatchObject({ read: [full(-1), daily(0)], notes: [CHANGED] });
  expect(await directory()).toEqual({ 1: BOB, 2: EVE });
  expect(await refresh()).toMatchObject({ read: [], notes: [] });
});

test('files of the same names in another folder are read, and those of the former one again once it is back', async () => {
  const [name, later] = [full(-1), daily(0)];
  await folder.write(name, text(`1;${ANNA};`, `2;${BOB};`));
  await folder.write(later, text(`3;${EVE};`));
  await refresh();
  await mkdir(folder.path('others'));
  await folder.write(`others/${name}`, text(`1;${EVE};`, `4;${BOB};`));
  await change({ directory: '/exports/others' });
  expect(await refresh()).toMatchObject({ read: [name], notes: [CHANGED] });
  expect(await directory()).toEqual({ 1: EVE, 4: BOB });
  await change({});
  expect(await refresh()).toMatchObject({ read: [name, later], notes: [CHANGED] });
  expect(await directory()).toEqual({ 1: ANNA, 2: BOB, 3: EVE });
});

test('a file of the same name, size and time is not the same in another folder', async () => {
  await folder.write(full(0), text(`1;${ANNA};`));
  await mkdir(folder.path('others'));
  await copyFile(folder.path(full(0)), folder.path(`others/${full(0)}`));
  const at = new Date(Date.now() - 3_600_000);
  for (const name of [full(0), `others/${full(0)}`]) await utimes(folder.path(name), at, at);
  await refresh();
  await change({ directory: '/exports/others' });
  expect((await refresh()).read).toEqual([full(0)]);
});

test('a file that lacked a column stays refused until the setting is right', async () => {
  await folder.write(daily(-1), text(`1;${ANNA};${BOB}`));
  await refresh();
  await change({ columns: { profileId: 'profileId', emailAddress: 'mail' } });
  const refused = [expect.stringContaining(`Nothing of ${daily(-1)} was used`)];
  expect((await refresh()).notes).toEqual([CHANGED, ...refused]);
  expect((await refresh()).notes).toEqual(refused);
  // What was read before stays until a file can be read.
  expect(await directory()).toEqual({ 1: ANNA });
  await change({ columns: { profileId: 'profileId', emailAddress: 'private' } });
  expect((await refresh()).read).toEqual([daily(-1)]);
  expect(await directory()).toEqual({ 1: BOB });
});

test('secrets and timeouts do not matter', async () => {
  await folder.write(full(0), text(`1;${ANNA};`));
  await refresh();
  const { host, port, username, hostKey } = stand.actito.sftp;
  Object.assign(stand.env, { OTHER_NAME: stand.env.SFTP_PASSWORD });
  await change({
    server: {
      protocol: 'sftp',
      host,
      port,
      username,
      hostKey,
      password: { env: 'OTHER_NAME' },
      timeout: '9s',
    },
  });
  expect(await refresh()).toMatchObject({ read: [], notes: [] });
});
