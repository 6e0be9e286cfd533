import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { connect, controlOf, createList, people, simulatorForTests } from './support.ts';

const simulator = simulatorForTests({ listIdentifiers: 'profileId' });

const path = () => join(simulator().sftp.root, 'in/VIP.csv');
const retrieve = async (content: string) => {
  writeFileSync(path(), content);
  await simulator().pollNow();
  expect(existsSync(path())).toBe(false);
  return simulator().list('VIP')!;
};
const page = async () => (await fetch(simulator().apiUrl)).text();

beforeEach(async () => {
  await simulator().seedContacts(people(12));
  await createList(await connect(simulator()));
});

test('profile ids are matched, whatever the identifier of the list', async () => {
  expect(await retrieve('profileId\n2\n12\n2\n13\n')).toMatchObject({
    identifierAttribute: 'emailAddress',
    numberOfProfiles: 2,
    lastRetrievedFile: { lines: 4 },
  });
  expect([...simulator().listMembers('VIP')]).toEqual(['a2@shop.be', 'a12@shop.be']);
});

test('a file of other identifiers is read without an error, and the list targets nobody', async () => {
  await retrieve('profileId\n1\n');
  const list = await retrieve('emailAddress\na1@shop.be\na2@shop.be\n');
  expect(list).toMatchObject({ numberOfProfiles: 0, lastRetrievedFile: { lines: 2 }, expired: false });
  expect(list.lastRetrievedFile!.errorMessage).toBeUndefined();
});

test('a deleted profile is not matched', async () => {
  simulator().deleteContact('customerId', 'C2');
  expect(await retrieve('profileId\n1\n2\n')).toMatchObject({ numberOfProfiles: 1 });
});

test('any other header is an error', async () => {
  expect(await retrieve('customerId\nC1\n')).toMatchObject({
    lastRetrievedFile: { errorMessage: 'The header line is not profileId or emailAddress.' },
  });
});

test('the page says that only profile ids are accepted, and how many were matched', async () => {
  await retrieve('emailAddress\na1@shop.be\n');
  expect(await page()).toContain('This license accepts files of profile IDs only.');
  expect(await page()).toContain('Profiles identified by profileId');
  expect(await page()).toContain('1 line, 0 profiles matched');
});

test('the setting changes while the simulator runs, for the next file', async () => {
  const control = controlOf(simulator);
  expect(await control('PUT', '/licence', { listIdentifiers: 'uniqueAttribute' })).toBe(204);
  expect(await retrieve('emailAddress\na1@shop.be\n')).toMatchObject({ numberOfProfiles: 1 });
  expect(await retrieve('profileId\n1\n')).toMatchObject({
    numberOfProfiles: 1,
    lastRetrievedFile: { errorMessage: 'The header line is not emailAddress.' },
  });
  expect(await page()).not.toContain('profile IDs only');
  expect(await page()).toContain('Profiles identified by emailAddress');
  expect(await control('PUT', '/licence', { listIdentifiers: 'profileId' })).toBe(204);
  expect(await retrieve('profileId\n1\n3\n')).toMatchObject({ numberOfProfiles: 2 });
  expect(await control('PUT', '/licence', { listIdentifiers: 'email' })).toBe(400);
});
