import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { createClock } from '../../simulator/clock.ts';
import { custom, usualAttributes } from '../../simulator/contacts/attributes.ts';
import { Profiles } from '../../simulator/contacts/profiles.ts';
import { connect, controlOf, importRows, people, simulatorForTests } from './support.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const simulator = simulatorForTests({ clock: () => NOW });
const control = controlOf(simulator);

const person = (customerId: string) => simulator().contact('customerId', customerId);
const ids = () => [...simulator().contacts()].map(({ profileId }) => profileId);

beforeEach(() => simulator().seedContacts(people(3)));

test("a contact's key changes, and only the new one finds it", () => {
  simulator().advanceClock(60_000);
  simulator().changeContact('emailAddress', 'A2@shop.be', { emailAddress: 'new@shop.be', city: 'Namur' });
  expect(simulator().contact('emailAddress', 'a2@shop.be')).toBeUndefined();
  expect(simulator().contact('emailAddress', 'new@shop.be')).toMatchObject({
    profileId: '2',
    customerId: 'C2',
    city: 'Namur',
    creationMoment: '2026-01-15 12:00:00',
    updateMoment: '2026-01-15 12:01:00',
  });
  expect(person('C1')).toMatchObject({ updateMoment: '2026-01-15 12:00:00' });
});

test('a contact loses a key that is not mandatory', () => {
  simulator().changeContact('customerId', 'C2', { customerId: null });
  expect(person('C2')).toBeUndefined();
  expect(simulator().contact('profileId', '2')).toMatchObject({ customerId: null });
});

test.each([
  ['the key of another contact', { customerId: 'C1' }, 'another contact'],
  ['no value for a mandatory attribute', { emailAddress: null }, 'mandatory'],
  ['a malformed value', { sex: 'X' }, 'sex'],
  ['an unknown attribute', { shoeSize: '42' }, 'shoeSize'],
  ["an attribute of Actito's own", { profileId: '9' }, 'profileId'],
])('a contact is not changed to %s, and keeps its other values', (_, values, message) => {
  simulator().advanceClock(60_000);
  const change = { city: 'Namur', ...values };
  expect(() => simulator().changeContact('customerId', 'C2', change)).toThrow(message);
  expect(person('C2')).toMatchObject({ city: null, updateMoment: '2026-01-15 12:00:00' });
});

test('a deleted contact is found by nothing, and its profile id is never used again', async () => {
  simulator().deleteContact('customerId', 'C2');
  expect([person('C2'), simulator().contact('profileId', '2')]).toEqual([undefined, undefined]);
  expect([simulator().contactCount(), ids()]).toEqual([2, ['1', '3']]);
  const columns = ['customerId', 'city'];
  expect(await importRows(await connect(simulator()), columns, ['C2;Namur'])).toMatchObject({
    rows: { updated: 0, inError: 1 },
  });
  await simulator().seedContacts([{ emailAddress: 'a2@shop.be', customerId: 'C2' }]);
  expect(person('C2')).toMatchObject({ profileId: '4', city: null });
});

test('a deleted contact leaves all lists', async () => {
  simulator().createList({ name: 'VIP' });
  writeFileSync(join(simulator().sftp.root, 'in/VIP.csv'), 'emailAddress\na1@shop.be\na2@shop.be\n');
  await simulator().pollNow();
  simulator().deleteContact('customerId', 'C1');
  expect([...simulator().listMembers('VIP')]).toEqual(['a2@shop.be']);
  expect(simulator().list('VIP')).toMatchObject({ numberOfProfiles: 1 });
});

test('merging deletes one contact, and gives its values to the other where that has none', () => {
  simulator().changeContact('customerId', 'C1', { city: 'Gent', gsmNumber: '+3210458514' });
  simulator().changeContact('customerId', 'C3', { city: 'Namur', customerId: null });
  simulator().advanceClock(60_000);
  const from = { attribute: 'emailAddress', value: 'a1@shop.be' };
  simulator().mergeContacts(from, { attribute: 'profileId', value: '3' });
  expect(simulator().contact('emailAddress', 'a1@shop.be')).toBeUndefined();
  expect(person('C1')).toMatchObject({
    profileId: '3',
    emailAddress: 'a3@shop.be',
    city: 'Namur',
    gsmNumber: '+3210458514',
    updateMoment: '2026-01-15 12:01:00',
  });
  expect(ids()).toEqual(['2', '3']);
});

test('contacts that do not exist, or are the same, cannot be merged', () => {
  const first = { attribute: 'customerId', value: 'C1' };
  const none = { attribute: 'customerId', value: 'none' };
  expect(() => simulator().mergeContacts(first, none)).toThrow('does not exist');
  expect(() => simulator().mergeContacts(none, first)).toThrow('does not exist');
  expect(() => simulator().mergeContacts(first, { attribute: 'profileId', value: '1' })).toThrow('itself');
  expect(simulator().contactCount()).toBe(3);
});

test('each of several values of an attribute is checked', () => {
  const several = custom('sizes', 'INTEGER', { multiValued: true });
  const profiles = new Profiles('16', 'Profiles', [...usualAttributes(), several], createClock());
  profiles.insert({ emailAddress: 'a1@shop.be', sizes: '40,41' });
  expect(profiles.contact(1)).toMatchObject({ sizes: '40,41' });
  expect(() => profiles.change(1, { sizes: '40,x' })).toThrow('sizes');
});

test('contacts are changed, merged and deleted over HTTP', async () => {
  expect(await control('PUT', '/contacts/customerId/C1', { city: 'Namur', customerId: null })).toBe(204);
  expect(simulator().contact('profileId', '1')).toMatchObject({ city: 'Namur', customerId: null });
  const into = { attribute: 'emailAddress', value: 'a1@shop.be' };
  expect(await control('POST', '/contacts/customerId/C2/merge', { into })).toBe(204);
  expect(person('C2')).toMatchObject({ profileId: '1' });
  expect(await control('DELETE', '/contacts/emailAddress/a3%40shop.be')).toBe(204);
  expect(ids()).toEqual(['1']);
  expect(await control('DELETE', '/contacts/customerId/C3')).toBe(404);
  expect(await control('PUT', '/contacts/customerId/C3', {})).toBe(404);
  expect(await control('PUT', '/contacts/customerId/C2', { city: 1 })).toBe(400);
  expect(await control('PUT', '/contacts/city/Namur', {})).toBe(400);
  expect(await control('POST', '/contacts/customerId/C2/merge', {})).toBe(400);
});

test('the profiles that changed after any moment are found, however often each changes', () => {
  const event = fc.oneof(
    fc.constant('insert'),
    fc.constant('mark'),
    fc.nat(20).map((n) => `update ${n}`),
    fc.nat(20).map((n) => `delete ${n}`),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const profiles = new Profiles('16', 'Profiles', usualAttributes(), createClock());
      let mark = profiles.changes;
      let created = 0;
      const expected = new Set<string>();
      const alive: string[] = [];
      for (const [kind, number] of events.map((each) => each.split(' '))) {
        if (kind === 'mark') {
          mark = profiles.changes;
          expected.clear();
          continue;
        }
        if (kind === 'insert') {
          profiles.insert({ emailAddress: `a${(created += 1)}@shop.be` });
          alive.push(String(created));
          expected.add(String(created));
          continue;
        }
        const id = alive[Number(number) % alive.length];
        if (id === undefined) continue;
        if (kind === 'update') {
          profiles.change(Number(id), { city: 'Namur' });
          expected.add(id);
        } else {
          profiles.delete(Number(id));
          alive.splice(alive.indexOf(id), 1);
          expected.delete(id);
        }
      }
      const sorted = (ids: Iterable<unknown>) => [...ids].map(Number).sort((a, b) => a - b);
      expect([...profiles.ids(mark)]).toEqual(sorted(expected));
      expect([...profiles.ids()]).toEqual(sorted(alive));
      expect(profiles.count).toBe(alive.length);
    }),
  );
});
