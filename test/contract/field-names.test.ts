import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldNames } from '../../contract/field-names.ts';

/* The names of the fields of an answer, which a report shows to tell how the answer differs. */

test('fields of fields and of the items of arrays are named by their path, once each', () => {
  expect(fieldNames({ id: 1, rows: { read: 1 }, lists: [{ id: 1 }, { id: 2, name: 'x' }] })).toEqual([
    'id',
    'rows',
    'rows.read',
    'lists',
    'lists[].id',
    'lists[].name',
  ]);
  expect(fieldNames([{ id: 1 }])).toEqual(['[].id']);
});

test.each([null, undefined, 'Anna', 7, [], {}, ['Anna']])('%j has no fields', (body) => {
  expect(fieldNames(body)).toEqual([]);
});

test('a name that can be a value is not shown, and what is below it is not either', () => {
  expect(fieldNames({ 'anna@shop.be': { city: 1 }, Dupont: 1, '+32475': 1, 'two words': 1, id: 1 })).toEqual([
    '…',
    'id',
  ]);
});

test('an object with many fields is a map, whose names are values', () => {
  const people = Object.fromEntries(Array.from({ length: 61 }, (_, no) => [`name${no}`, 1]));
  expect(fieldNames({ people })).toEqual(['people', 'people.…']);
});

test('an object whose values have the same fields is a map, however small it is', () => {
  expect(fieldNames({ people: { anna: { city: 1, id: 1 }, bob: { id: 2, city: 2 } } })).toEqual([
    'people',
    'people.…',
  ]);
  expect(fieldNames({ rows: { read: 1 }, file: { name: 'x' } })).toEqual([
    'rows',
    'rows.read',
    'file',
    'file.name',
  ]);
});

test('no name of a map of two or more people is shown, whatever is known of them', () => {
  const name = fc.stringMatching(/^secret[A-Z]{1,5}$/);
  const people = fc
    .uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 5 })
    .chain((fields) =>
      fc.dictionary(name, fc.record(Object.fromEntries(fields.map((field) => [field, fc.anything()]))), {
        minKeys: 2,
      }),
    );
  fc.assert(
    fc.property(people, (map) => {
      expect(fieldNames([{ map }]).join()).not.toContain('secret');
    }),
  );
});

test('a very deep answer ends', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
  expect(fieldNames(deep)).toEqual([]);
});

test('no value of an answer is among the names, whatever the answer is', () => {
  const secret = 'secretValue'; // it has the form of a name
  const value = fc.constantFrom<unknown>(secret, 1, null, true);
  const answer = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 6 },
      value,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('node'), { maxKeys: 5 }),
    ),
  })).node;
  fc.assert(
    fc.property(answer, (body) => {
      const names = fieldNames(body);
      expect(names.join()).not.toContain(secret);
      expect(names.length).toBeLessThanOrEqual(80);
      for (const name of names) expect(name).toMatch(/^(\[\])*[\w.…[\]]*$/);
    }),
  );
});
