import { expect, test } from 'vitest';
import { namedAttributes } from '../../actito/imports/named-attributes.ts';

const ATTRIBUTES = ['firstName', 'city', 'name'];

test.each<[Record<string, string>, string[]]>([
  [{ message: 'Value Anna of attribute firstName is refused' }, ['firstName']],
  [{ message: 'firstName is longer than 255 characters' }, ['firstName']],
  [{ message: '"firstName": not a text' }, ['firstName']],
  [{ message: 'The field `city` must not be "name".' }, ['city']],
  [{ message: 'Value city of attribute firstName is refused' }, ['firstName']], // the value is a word like any other
  [{ message: 'Invalid value for firstName' }, ['firstName']],
  [{ message: 'attribute firstName and attribute city are wrong' }, ['firstName', 'city']],
  [{ message: 'Wrong: city, name' }, ['city', 'name']],
  [{ message: 'firstNames is wrong' }, []],
  [{ message: 'FIRSTNAME is wrong' }, []],
  [{ message: 'attribute lastName is wrong' }, []],
  [{ attribute: 'city', message: 'attribute firstName' }, ['city']],
  [{ attribute: 'lastName', message: 'attribute firstName' }, []],
  [{ attribute: '', message: 'attribute firstName' }, ['firstName']],
  [{}, []],
])('a result %j names %j', (row, names) => {
  expect(namedAttributes(row, ATTRIBUTES)).toEqual(names);
});
