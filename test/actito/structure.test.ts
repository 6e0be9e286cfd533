import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { provisionAttributes } from '../../actito/structure/create.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { clientFor, definitionFor, failureOf, textColumn } from './support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pollInterval: 3_600_000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

const CHANGE_REQUESTS =
  'POST /profile-table-structure/v5/entities/{entity}/profile-tables/{table}/change-requests';
const STRUCTURE = '/profile-table-structure';

const client = () => clientFor(simulator);
const read = () => readProfileTable(client(), 'shop', 'Profiles');
const changesAsked = () => simulator.calls()[CHANGE_REQUESTS] ?? 0;
const named = (name: string) => simulator.attributes().filter((attribute) => attribute.name === name);

/** An activation with these mappings, and columns of its warehouse that fit every type. */
function activation(attributes: object[]) {
  const definition = definitionFor(simulator, { attributes });
  const columns = definition.activation.attributes.map(({ column: name }) => textColumn(name));
  return { ...definition, columns };
}

const SPENT = { column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } };
const NOTE = { column: 'note', attribute: 'note', create: { type: 'STRING', maxLength: 40 } };
const CITY = { column: 'city', attribute: 'city' };

test('a profile table is found by its name and by its id', async () => {
  for (const nameOrId of ['Profiles', '16']) {
    expect(await readProfileTable(client(), 'shop', nameOrId)).toMatchObject({ id: '16', name: 'Profiles' });
  }
});

test('a table that does not exist is reported with the existing ones', async () => {
  const failure = await failureOf(readProfileTable(client(), 'shop', 'Customers'));
  expect(failure).toMatchObject({ type: 'ConfigurationInvalid', retryable: false });
  expect(failure.message).toContain('no profile table Customers. Its profile tables are Profiles');
});

test('missing attributes are created as the mapping says, once', async () => {
  const mapped = activation([SPENT, NOTE, CITY]);
  const first = await provisionAttributes(client(), 'shop', await read(), mapped);
  expect(first.created.sort()).toEqual(['note', 'spent']);
  expect(first.attributes).toEqual([
    { name: 'city', type: 'STRING', maxLength: 255 },
    { name: 'note', type: 'STRING', maxLength: 40 },
    { name: 'spent', type: 'NUMBER', maxLength: undefined },
  ]);
  expect(named('spent')).toMatchObject([
    { type: 'CUSTOM', valueType: 'NUMBER', unique: false, mandatory: false },
  ]);

  const second = await provisionAttributes(client(), 'shop', await read(), mapped);
  expect(second).toEqual({ attributes: first.attributes, created: [] });
  expect(changesAsked()).toBe(2);
});

test('a mapping with a new attribute creates only that one', async () => {
  await provisionAttributes(client(), 'shop', await read(), activation([SPENT]));
  const { created } = await provisionAttributes(client(), 'shop', await read(), activation([SPENT, NOTE]));
  expect(created).toEqual(['note']);
});

test('a mapping without attributes sends no request', async () => {
  const found = await provisionAttributes(client(), 'shop', await read(), activation([]));
  expect(found).toEqual({ attributes: [], created: [] });
  expect(changesAsked()).toBe(0);
});

test('two activations that create the same attribute at the same time both succeed, with one attribute', async () => {
  const table = await read();
  const both = await Promise.all(
    [SPENT, SPENT].map((mapping) => provisionAttributes(client(), 'shop', table, activation([mapping]))),
  );
  for (const { attributes } of both) expect(attributes).toMatchObject([{ name: 'spent', type: 'NUMBER' }]);
  expect(changesAsked()).toBe(2);
  expect(named('spent')).toHaveLength(1);
});

test('an attribute whose creation was not answered is found, and not created twice', async () => {
  const table = await read();
  simulator.setFault('lostAnswer', { times: 1 });
  const { attributes } = await provisionAttributes(client(), 'shop', table, activation([SPENT]));
  expect(attributes).toMatchObject([{ name: 'spent' }]);
  expect([changesAsked(), named('spent').length]).toEqual([1, 1]);
});

test('a failed creation that created nothing is reported as the original failure', async () => {
  const table = await read();
  simulator.setFault('serverError', {
    times: 1,
    route: `${STRUCTURE}/v5/entities/shop/profile-tables/16/change`,
  });
  const failure = await failureOf(provisionAttributes(client(), 'shop', table, activation([SPENT])));
  expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true });
  expect(named('spent')).toEqual([]);
});

test('an attribute that another activation created with another type is a conflict, and stays unchanged', async () => {
  await provisionAttributes(client(), 'shop', await read(), activation([SPENT]));
  const other = activation([{ ...SPENT, create: { type: 'STRING' } }]);
  const failure = await failureOf(provisionAttributes(client(), 'shop', await read(), other));
  expect(failure).toMatchObject({ type: 'AttributeConflict', retryable: false });
  expect(failure.message).toContain('has type NUMBER; the mapping requires STRING');
  expect(named('spent')).toMatchObject([{ valueType: 'NUMBER' }]);
});

test('an attribute that Actito lacks and the mapping does not create is rejected before anything is created', async () => {
  const mapped = activation([SPENT, { column: 'x', attribute: 'frstName' }]);
  const failure = await failureOf(provisionAttributes(client(), 'shop', await read(), mapped));
  expect(failure).toMatchObject({ type: 'MappingInvalid', retryable: false });
  expect(failure.message).toContain('no attribute frstName');
  expect(failure.message).toContain('firstName');
  expect(changesAsked()).toBe(0);
});

test('a predefined attribute has its own type, whatever create says', async () => {
  const mapped = activation([
    { column: 'b', attribute: 'birthDate', create: { type: 'STRING' } },
    { column: 'l', attribute: 'motherLanguage' },
    { column: 's', attribute: 'sex' },
  ]);
  const { attributes, created } = await provisionAttributes(client(), 'shop', await read(), mapped);
  expect(attributes.map(({ type }) => type)).toEqual(['DATE', 'MOTHER_LANGUAGE', 'SEX']);
  expect(created).toEqual([]);
});
