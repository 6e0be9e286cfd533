import { existsSync, readdirSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startSimulator } from '../../simulator/start.ts';
import {
  connect,
  createList,
  importRows,
  LISTS,
  people,
  sftp,
  simulatorForTests,
  until,
  someText,
} from './support.ts';

const simulator = simulatorForTests();
const HOUR = 3_600_000;

const inbox = (name: string) => join(simulator().sftp.root, 'in', name);
const drop = (content: string, name = 'VIP.csv') => writeFileSync(inbox(name), content);
const members = () => [...simulator().listMembers('VIP')];

/** The files and connections that this process has open. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // closed since it was listed
    }
  });
}

async function withList(more: object = {}) {
  await simulator().seedContacts(people(5));
  const call = await connect(simulator());
  return { call, id: await createList(call, 'VIP', more) };
}

test('a file that was uploaded and renamed becomes the content of its list, and is removed', async () => {
  const { call, id } = await withList();
  const client = await sftp(simulator());
  await client.put(Buffer.from('emailAddress\na1@shop.be\nA3@Shop.be\n'), '/in/.VIP.csv.tmp');
  await client.posixRename('/in/.VIP.csv.tmp', '/in/VIP.csv');
  await simulator().pollNow();
  expect(members()).toEqual(['a1@shop.be', 'a3@shop.be']);
  expect(await client.exists('/in/VIP.csv')).toBe(false);
  const { json: list } = await call('GET', `${LISTS}/${id}`);
  expect(list).toMatchObject({ numberOfProfiles: 2, lastRetrievedFile: { name: 'VIP.csv', lines: 2 } });
  expect(list.lastRetrievedFile!.errorMessage).toBeUndefined();
  expect(Date.parse(list.expirationDate!) - Date.parse(list.lastRetrievedFile!.retrievedMoment)).toBe(
    48 * HOUR,
  );
});

test('unknown identifiers are counted and ignored, and duplicates count once', async () => {
  await withList();
  drop('emailAddress\na1@shop.be\nnobody@shop.be\na1@shop.be\nA1@SHOP.BE\n');
  await simulator().pollNow();
  expect(simulator().list('VIP')).toMatchObject({ numberOfProfiles: 1, lastRetrievedFile: { lines: 4 } });
});

test('other identifiers than email addresses work, profile ids included', async () => {
  await withList({ identifierAttribute: 'profileId' });
  drop('profileId\n2\n5\n77\n');
  await simulator().pollNow();
  expect(members()).toEqual(['2', '5']);
});

test('each file replaces the one before, and a file without identifiers empties the list', async () => {
  await withList();
  for (const [lines, expected] of [
    ['a1@shop.be\na2@shop.be\n', 2],
    ['a4@shop.be\n', 1],
    ['', 0],
  ] as const) {
    drop(`emailAddress\n${lines}`);
    await simulator().pollNow();
    expect(simulator().list('VIP')).toMatchObject({ numberOfProfiles: expected });
  }
});

test.each([
  ['a wrong header', 'email\na2@shop.be\n', 0],
  ['a byte-order mark', '\uFEFFemailAddress\na2@shop.be\n', 0],
  ['two columns', 'emailAddress;firstName\na2@shop.be;Bea\n', 0],
  ['a second column further down', 'emailAddress\na2@shop.be\na3@shop.be;x\n', 1],
  ['no line at all', '', 0],
])('a file with %s is removed, changes nothing and shows the reason', async (_, content, lines) => {
  await withList();
  drop('emailAddress\na1@shop.be\n');
  await simulator().pollNow();
  const { expirationDate } = simulator().list('VIP')!;
  simulator().advanceClock(HOUR);
  drop(content);
  await simulator().pollNow();
  expect(existsSync(inbox('VIP.csv'))).toBe(false);
  expect(members()).toEqual(['a1@shop.be']);
  const lastRetrievedFile = { name: 'VIP.csv', lines, errorMessage: someText };
  expect(simulator().list('VIP')).toMatchObject({ expirationDate, lastRetrievedFile });
});

test('an expired list targets no profile until the next file', async () => {
  const { call, id } = await withList();
  drop('emailAddress\na1@shop.be\n');
  await simulator().pollNow();
  simulator().advanceClock(48 * HOUR);
  expect(simulator().list('VIP')).toMatchObject({ expired: true, numberOfProfiles: 0 });
  expect(members()).toEqual([]);
  expect((await (await connect(simulator()))('GET', `${LISTS}/${id}`)).json.numberOfProfiles).toBe(0);
  expect((await call('GET', LISTS)).status).toBe(401);
  drop('emailAddress\na2@shop.be\n');
  await simulator().pollNow();
  expect(simulator().list('VIP')).toMatchObject({ expired: false });
  expect(members()).toEqual(['a2@shop.be']);
});

test('a changed validity applies from the next file on', async () => {
  const { call, id } = await withList();
  drop('emailAddress\na1@shop.be\n');
  await simulator().pollNow();
  const before = simulator().list('VIP')!;
  const { name, description, fileSynchronizationId, identifierAttribute } = before;
  const body = { name, description, fileSynchronizationId, identifierAttribute, validityHours: 1 };
  await call('PUT', `${LISTS}/${id}`, body);
  expect(simulator().list('VIP')!.expirationDate).toBe(before.expirationDate);
});

test('members follow their contact when its identifier changes', async () => {
  const { call } = await withList();
  drop('emailAddress\na1@shop.be\n');
  await simulator().pollNow();
  await importRows(call, ['customerId', 'emailAddress'], ['C1;anna@shop.be']);
  expect(members()).toEqual(['anna@shop.be']);
});

test('other files stay', async () => {
  await withList();
  drop('emailAddress\na1@shop.be\n', 'VIP.csv.tmp');
  await simulator().pollNow();
  expect(existsSync(inbox('VIP.csv.tmp'))).toBe(true);
  expect(simulator().list('VIP')!.lastRetrievedFile).toBeNull();
});

test('a file that replaces the one being read is read next', async () => {
  await withList();
  drop(`emailAddress\n${'nobody@shop.be\n'.repeat(200_000)}`);
  const polled = simulator().pollNow();
  drop('emailAddress\na2@shop.be\n', 'VIP.csv.tmp');
  while (!openFiles().includes(inbox('VIP.csv'))) await setImmediate();
  renameSync(inbox('VIP.csv.tmp'), inbox('VIP.csv'));
  await polled;
  await simulator().pollNow();
  expect(members()).toEqual(['a2@shop.be']);
});

test('files are found without a request', async () => {
  const own = await startSimulator({ pollInterval: 10 });
  try {
    await own.seedContacts(people(1));
    await createList(await connect(own));
    writeFileSync(join(own.sftp.root, 'in', 'VIP.csv'), 'emailAddress\na1@shop.be\n');
    await until(() => own.list('VIP')!.numberOfProfiles === 1);
  } finally {
    await own.stop();
  }
});
