import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClock } from '../../simulator/clock.ts';
import { custom, usualAttributes } from '../../simulator/contacts/attributes.ts';
import { Column, TAKEN } from '../../simulator/contacts/column.ts';
import { Profiles } from '../../simulator/contacts/profiles.ts';
import { Members } from '../../simulator/lists/members.ts';

const unique = custom('customerId', 'STRING', { unique: true });
const VALUES = Array.from({ length: 6 }, (_, i) => `C${i}`);

test('a unique attribute finds the owner of a value, however often values move', () => {
  const change = fc.record({ id: fc.integer({ min: 1, max: 5 }), value: fc.constantFrom('', ...VALUES) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.nat(60), (changes, firstLookup) => {
      const column = new Column(unique);
      const owners = new Map<string, number>();
      const ownerOf = (value: string) => (value === '' ? undefined : owners.get(value));
      for (const [i, { id, value }] of changes.entries()) {
        if (i >= firstLookup) {
          const isTaken = ownerOf(value) !== undefined && ownerOf(value) !== id;
          expect(column.complaintAbout(value, id)).toBe(isTaken ? TAKEN : undefined);
        }
        if (ownerOf(value) !== undefined && ownerOf(value) !== id) continue;
        for (const [before, owner] of owners) if (owner === id) owners.delete(before);
        column.set(id, value);
        if (value !== '') owners.set(value, id);
      }
      for (const value of VALUES) expect(column.find(value)).toBe(owners.get(value));
      for (const [value, id] of owners) expect(column.get(id)).toBe(value);
    }),
  );
});

test('a hundred thousand values are found, also after all of them have changed', () => {
  const column = new Column(unique);
  for (const prefix of ['C', 'D']) {
    for (let id = 1; id <= 100_000; id += 1) {
      if (column.complaintAbout(`${prefix}${id}`, id) !== undefined) throw new Error('It is free.');
      column.set(id, `${prefix}${id}`);
    }
  }
  for (let id = 1; id <= 100_000; id += 1) {
    if (column.find(`D${id}`) !== id || column.find(`C${id}`) !== undefined) throw new Error(`Not so: ${id}`);
  }
});

test('an email address is found in any case after it was stored in another', () => {
  const column = new Column(usualAttributes().find(({ name }) => name === 'emailAddress')!);
  column.set(1, 'Anna@Shop.BE');
  expect(column.find('aNNA@shop.be')).toBe(1);
  expect(column.get(1)).toBe('Anna@Shop.BE');
});

test('a value that is written after its attribute was deleted is an error, and finds no profile', () => {
  const profiles = new Profiles('16', 'Profiles', usualAttributes(), createClock());
  profiles.insert({ emailAddress: 'a1@shop.be', customerId: 'C1' });
  const column = profiles.column('customerId')!;
  expect(column.find('C1')).toBe(1);
  profiles.removeAttribute('customerId');
  expect(column.find('C1')).toBeUndefined();
  expect(() => column.set(1, 'C2')).toThrow('The attribute "customerId" was deleted.');
});

test('members are the added ones, once each and in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 })), (ids) => {
      const members = new Members();
      for (const id of ids) members.add(id);
      expect([...members]).toEqual([...new Set(ids)]);
      expect(members.size).toBe(new Set(ids).size);
      for (const id of ids) expect(members.has(id) && !members.has(id + 5_000)).toBe(true);
    }),
  );
});
