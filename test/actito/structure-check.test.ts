import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profileTableBody, type ProfileTable } from '../../actito/contract.ts';
import { checkStructure } from '../../actito/structure/check.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import { Failure } from '../../contract/failure.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { clientFor, definitionFor, textColumn } from './support.ts';

let simulator: Simulator;
let usual: ProfileTable;
beforeAll(async () => {
  simulator = await startSimulator({ pollInterval: 3_600_000 });
  usual = await readProfileTable(clientFor(simulator), 'shop', 'Profiles');
});
afterAll(() => simulator?.stop());

/** The usual table with further attributes. */
const tableWith = (...attributes: object[]) =>
  profileTableBody.parse({ ...usual, attributes: [...usual.attributes, ...attributes] });

/** Checks the mappings of an activation, of texts unless a mapping's column is given. */
function check(activation: object, table = usual, columns: Column[] = [], contract: object = {}) {
  const definition = definitionFor(simulator, activation, {}, contract);
  const all = definition.activation.attributes.map(
    ({ column }) => columns.find(({ name }) => name === column) ?? textColumn(column),
  );
  return checkStructure(table, definition, all);
}

function refusal(...args: Parameters<typeof check>): Failure {
  try {
    check(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return error as Failure;
  }
  return expect.fail('It should have been refused.');
}

/** No further attribute. */
const NONE = 'none';
const keyOf = (attribute: string) => ({ matchingKey: { column: 'k', type: 'externalId', attribute } });

describe('a key', () => {
  test.each(['emailAddress', 'customerId', 'profileId'])('can be %s', (attribute) => {
    expect(check(keyOf(attribute))).toEqual([]);
  });

  test('that is not unique is rejected with the unique ones, also if it is a phone', () => {
    const matchingKey = { column: 'phone', type: 'phone', attribute: 'gsmNumber', defaultCountry: 'BE' };
    for (const key of [keyOf('gsmNumber'), { matchingKey }]) {
      expect(refusal(key)).toMatchObject({
        type: 'MappingInvalid',
        message:
          'matchingKey.attribute of vip: gsmNumber is not unique in profile table Profiles, so it cannot identify a ' +
          'profile. Unique attributes are profileId, emailAddress, customerId.',
      });
    }
  });

  test('can be a phone if it is unique in the table', () => {
    const unique = usual.attributes.map((attribute) => ({
      ...attribute,
      unique: attribute.unique || attribute.name === 'gsmNumber',
    }));
    expect(check(keyOf('gsmNumber'), { ...usual, attributes: unique })).toEqual([]);
  });

  test('that does not exist is rejected with the nearest name', () => {
    expect(refusal(keyOf('custmerId')).message).toBe(
      'matchingKey.attribute of vip: custmerId does not exist in profile table Profiles, did you mean "customerId"? ' +
        'Unique attributes are profileId, emailAddress, customerId.',
    );
    expect(refusal(keyOf('nothing')).message).toContain(
      'nothing does not exist in profile table Profiles. Unique',
    );
  });

  test('can be the identifier of the list only if it is unique as well', () => {
    const list = { identifier: { column: 'c', attribute: 'city' } };
    expect(refusal({ list }).message).toContain('list.identifier.attribute of vip: city is not unique');
  });
});

describe('an attribute', () => {
  const TAGS = { attributes: [{ column: 'tags', attribute: 'tags' }] };

  test.each([
    ['holds several values', { multiValued: true }, 'cannot be written'],
    ['has an unknown type', { valueType: 'GEOPOINT' }, 'has the unknown type GEOPOINT'],
  ])('that %s cannot be mapped', (_, more, message) => {
    const table = tableWith({ type: 'CUSTOM', name: 'tags', valueType: 'STRING', ...more });
    const failure = refusal(TAGS, table);
    expect(failure).toMatchObject({ type: 'MappingInvalid', retryable: false });
    expect(failure.message).toMatch(new RegExp(`tags of Profiles ${message}`));
  });

  test('that does not exist and is not created is rejected with the nearest name', () => {
    const failure = refusal({ attributes: [{ column: 'x', attribute: 'frstName' }] });
    expect(failure.message).toContain('no attribute frstName, which vip maps, did you mean "firstName"?');
    expect(failure.message).toContain('create: { type: … }');
  });

  test.each([
    ['gsmNumber by its name', NONE, { column: 'c', attribute: 'gsmNumber' }, 'PHONE'],
    ['an assumed type of Actito', 'PHONE_NUMBER', { column: 'c', attribute: 'x' }, 'PHONE'],
    ['such a type', 'COUNTRY', { column: 'c', attribute: 'x' }, 'COUNTRY'],
    ['such a type', 'PERSON_TITLE', { column: 'c', attribute: 'x' }, 'PERSON_TITLE'],
    ['a predefined type', 'MOTHER_LANGUAGE', { column: 'c', attribute: 'x' }, 'MOTHER_LANGUAGE'],
  ])('has the format of %s: %s', (_, type, mapping, expected) => {
    const restricted = { type, name: 'x', valueRestriction: { minLength: 2, maxLength: 9 } };
    const [target] = check({ attributes: [mapping] }, tableWith(...(type === NONE ? [] : [restricted])));
    expect(target).toMatchObject({
      type: expected,
      ...(type === NONE ? {} : { minLength: 2, maxLength: 9 }),
    });
  });

  test('has the format of the contract, whether it exists or is created', () => {
    const formats = { city: 'country', mobile2: 'phone', gsmNumber: 'text' };
    const attributes = [
      { column: 'c', attribute: 'city' },
      { column: 'g', attribute: 'gsmNumber' },
      { column: 'm', attribute: 'mobile2', create: { type: 'STRING' } },
    ];
    const found = check({ attributes }, usual, [], { formats });
    expect(found.map(({ type }) => type)).toEqual(['COUNTRY', 'STRING', 'PHONE']);
  });

  test.each([
    ['timestamptz', 'birthDate', 'its date'],
    ['timestamp', 'seen', 'its point in time'],
  ] as const)(
    'that a %s cannot become without a time zone is rejected with that advice',
    (kind, attribute, why) => {
      const table = tableWith({ type: 'CUSTOM', name: 'seen', valueType: 'TIMESTAMP' });
      const mapping = { column: 'c', attribute };
      const columns: Column[] = [{ name: 'c', kind, databaseType: kind }];
      expect(refusal({ attributes: [mapping] }, table, columns).message).toMatch(
        new RegExp(`Column "c" has type ${kind}: ${why} depends on a time zone.*Set timezone`),
      );
      for (const activation of [
        { attributes: [mapping], timezone: 'Europe/Brussels' },
        { attributes: [{ ...mapping, timezone: 'Europe/Brussels' }] },
      ])
        expect(check(activation, table, columns)).toHaveLength(1);
    },
  );

  test('that its column can never become is rejected', () => {
    const attributes = [{ column: 'flag', attribute: 'birthDate' }];
    const failure = refusal({ attributes }, usual, [{ name: 'flag', kind: 'boolean', databaseType: 'bool' }]);
    expect(failure).toMatchObject({ type: 'MappingInvalid' });
    expect(failure.message).toContain('Column "flag" has type bool, which cannot be converted to DATE');
  });
});

test('all problems are reported at once', () => {
  const failure = refusal(
    {
      ...keyOf('gsmNumber'),
      attributes: [
        { column: 'a', attribute: 'frstName' },
        { column: 'b', attribute: 'city', create: { type: 'NUMBER' } },
        { column: 'c', attribute: 'lastName' },
      ],
    },
    usual,
    [{ name: 'c', kind: 'unsupported', databaseType: 'jsonb' }],
  );
  const [title, ...problems] = failure.message.split('\n');
  expect(failure.type).toBe('MappingInvalid');
  expect(title).toBe('Profile table Profiles does not fit activation vip:');
  expect(problems.map((line) => /gsmNumber|frstName|city|jsonb/.exec(line)?.[0])).toEqual([
    'gsmNumber',
    'city',
    'frstName',
    'jsonb',
  ]);
});

test('several attributes of another type are a conflict', () => {
  const attributes = ['city', 'lastName', 'zip'].map((attribute) => ({
    column: attribute,
    attribute,
    create: { type: 'NUMBER' },
  }));
  const table = tableWith({ type: 'CUSTOM', name: 'zip', valueType: 'STRING' });
  expect(refusal({ attributes }, table)).toMatchObject({ type: 'AttributeConflict' });
});

describe('if a marketer creates the attributes', () => {
  const list = { provision: 'existing' };

  test('nothing is requested if all exist, whoever created them', () => {
    const attributes = [{ column: 'city', attribute: 'city', create: { type: 'STRING' } }];
    expect(check({ list, attributes })).toEqual([{ name: 'city', type: 'STRING', maxLength: 255 }]);
  });

  test('each missing one is reported with the type to choose, and once where to click', () => {
    const kinds = [
      ['spent', 'decimal', 'NUMBER'],
      ['visits', 'integer', 'LONG'],
      ['active', 'boolean', 'BOOLEAN'],
      ['joined', 'date', 'DATE'],
      ['seen', 'timestamptz', 'TIMESTAMP'],
      ['motto', 'text', 'STRING \\(at most 255 characters\\)'],
    ] as const;
    const attributes = kinds.map(([name]) => ({ column: name, attribute: name }));
    const columns = kinds.map(([name, kind]): Column => ({ name, kind, databaseType: kind }));
    const { type, message } = refusal({ list, attributes }, usual, columns);
    expect(type).toBe('MappingInvalid');
    for (const [name, , wanted] of kinds) {
      expect(message).toMatch(
        new RegExp(
          `- Attribute ${name} is missing[.,].* Add it with type ${wanted}, single-valued, neither mandatory nor unique\\.`,
        ),
      );
    }
    expect(message.match(/app "Profile tables structure"/g)).toHaveLength(1);
    expect(message).toContain('choose Profiles, Update, + Add');
  });

  test('`create` names the type to choose, and nothing is created', () => {
    const attributes = [{ column: 'a', attribute: 'points', create: { type: 'STRING', maxLength: 8 } }];
    const { message } = refusal({ list, attributes });
    expect(message).toContain('points is missing. Add it with type STRING (at most 8 characters)');
    expect(message).toContain('Apps > Data');
  });

  test('a typing error is reported as one', () => {
    const attributes = [{ column: 'a', attribute: 'FirstName' }];
    expect(refusal({ list, attributes }).message).toContain('did you mean "firstName"?');
  });

  test('one of another type is a conflict', () => {
    const attributes = [{ column: 'a', attribute: 'city', create: { type: 'NUMBER' } }];
    expect(refusal({ list, attributes })).toMatchObject({ type: 'AttributeConflict' });
  });
});
