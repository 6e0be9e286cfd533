import { expect, test } from 'vitest';
import { connect, simulatorForTests, STRUCTURE, someText } from './support.ts';

const simulator = simulatorForTests();

const attribute = {
  type: 'CUSTOM',
  name: 'lifetimeValue',
  valueType: 'NUMBER',
  unique: false,
  mandatory: false,
  multiValued: false,
};

function adding(...attributes: object[]) {
  return { changes: attributes.map((each) => ({ type: 'ADD_ATTRIBUTE', attribute: each })) };
}

const CHANGES = `${STRUCTURE}/16/change-requests`;

test('the profile table shows its attributes, also in the list of tables', async () => {
  const call = await connect(simulator());
  const { json: table } = await call('GET', `${STRUCTURE}/16`);
  expect(table).toMatchObject({ id: '16', name: 'Profiles' });
  expect(table.attributes).toContainEqual({
    type: 'EMAIL_ADDRESS',
    name: 'emailAddress',
    unique: true,
    mandatory: true,
    valueRestriction: { maxLength: 255 },
  });
  expect((await call('GET', STRUCTURE)).json).toEqual({ profileTables: [table] });
});

test('an attribute is added, and written by the next import', async () => {
  const call = await connect(simulator());
  const created = await call('POST', CHANGES, adding(attribute));
  expect(created).toMatchObject({ status: 201, json: { id: someText, status: 'APPLIED' } });
  const { json } = await call('GET', `${STRUCTURE}/16`);
  expect(json.attributes.at(-1)).toEqual(attribute);
  expect(simulator().attributes()).toEqual(json.attributes);
});

test('a string attribute has a maximum length, 255 by default', async () => {
  const call = await connect(simulator());
  const text = { ...attribute, valueType: 'STRING' };
  await call('POST', CHANGES, adding({ ...text, name: 'a' }));
  await call('POST', CHANGES, adding({ ...text, name: 'b', valueRestriction: { maxLength: 5 } }));
  const lengths = simulator()
    .attributes()
    .slice(-2)
    .map(({ valueRestriction }) => valueRestriction);
  expect(lengths).toEqual([{ maxLength: 255 }, { maxLength: 5 }]);
});

test('a change request is applied completely or not at all', async () => {
  const call = await connect(simulator());
  const before = simulator().attributes();
  const reply = await call('POST', CHANGES, adding(attribute, { ...attribute, name: 'firstName' }));
  expect(reply.status).toBe(400);
  expect(simulator().attributes()).toEqual(before);
});

test.each([
  ['a name that exists in another case', { ...attribute, name: 'FIRSTNAME' }],
  ['a name of 51 characters', { ...attribute, name: 'x'.repeat(51) }],
  ['a name with a blank', { ...attribute, name: 'lifetime value' }],
  ['an unknown type of value', { ...attribute, valueType: 'DECIMAL' }],
  ['a unique attribute', { ...attribute, unique: true }],
  ['a mandatory attribute', { ...attribute, mandatory: true }],
  ['a multi-valued attribute', { ...attribute, multiValued: true }],
  ['a predefined type', { ...attribute, type: 'SEX' }],
  ['a maximum length of a number', { ...attribute, valueRestriction: { maxLength: 5 } }],
  ['a string longer than 255', { ...attribute, valueType: 'STRING', valueRestriction: { maxLength: 256 } }],
  ['an unknown field', { ...attribute, label: 'Value' }],
])('%s is rejected', async (_, refused) => {
  const reply = await (await connect(simulator()))('POST', CHANGES, adding(refused));
  expect(reply).toMatchObject({ status: 400, json: { message: someText } });
});

test('a body that is not a change request is rejected', async () => {
  const call = await connect(simulator());
  expect((await call('POST', CHANGES, {})).status).toBe(400);
  expect((await call('POST', CHANGES, { changes: [] })).status).toBe(400);
  expect((await call('POST', CHANGES, adding(attribute), { 'content-type': 'text/plain' })).status).toBe(400);
  expect((await call('POST', CHANGES, 'x'.repeat(1_100_000))).status).toBe(400);
});
