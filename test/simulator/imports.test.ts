import { expect, test } from 'vitest';
import { startSimulator } from '../../simulator/start.ts';
import {
  connect,
  ended,
  EXECUTIONS,
  importRows,
  people,
  resultFile,
  simulatorForTests,
  until,
  upload,
  someText,
} from './support.ts';

const simulator = simulatorForTests({ importsPerTablePerDay: 10 });

async function connected() {
  await simulator().seedContacts(people(3));
  return connect(simulator());
}

function person(emailAddress: string) {
  return simulator().contact('emailAddress', emailAddress);
}

test('known contacts are updated, and no contact is created', async () => {
  const call = await connected();
  const lines = ['a1@shop.be;Anna', 'new@shop.be;Nora'];
  const state = await importRows(call, ['emailAddress', 'firstName'], lines);
  expect(state).toMatchObject({ status: 'WITH_ERROR', rows: { read: 2, updated: 1, inError: 1 } });
  expect(person('a1@shop.be')).toMatchObject({ firstName: 'Anna' });
  expect(simulator().contactCount()).toBe(3);
});

test('an import without errors has its documented state', async () => {
  const call = await connected();
  const state = await importRows(call, ['emailAddress', 'firstName'], ['a1@shop.be;Anna']);
  expect(state).toEqual({
    id: someText,
    status: 'SUCCESS',
    rows: { read: 1, updated: 1, inError: 0 },
    dataFile: 'data.csv',
    createdMoment: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
  });
  const result = await call('GET', `${EXECUTIONS}/${state.id}/result`);
  expect(result.json).toEqual({ withErrors: false, rowsInError: 0 });
  expect((await call('GET', `${EXECUTIONS}/${state.id}/result-file`)).status).toBe(404);
});

test('rows in error are reported by line, key as sent, and code', async () => {
  const call = await connected();
  const lines = ['"NEW;x@shop.be";Nora;F', 'a1@shop.be;"An\r\nna";F', 'a2@shop.be;Bea;X', ';Carl;M'];
  const { id } = await importRows(call, ['emailAddress', 'firstName', 'sex'], lines);
  expect((await call('GET', `${EXECUTIONS}/${id}/result`)).json).toEqual({
    withErrors: true,
    rowsInError: 3,
  });
  expect((await resultFile(simulator(), id)).split('\n')).toEqual([
    'line;emailAddress;code;message',
    '2;"NEW;x@shop.be";PROFILE_NOT_FOUND;no profile has this emailAddress',
    '5;a2@shop.be;INVALID_VALUE;sex is not a sex, M or F',
    '6;;INVALID_VALUE;emailAddress is empty',
    '',
  ]);
  expect(person('a1@shop.be')).toMatchObject({ firstName: 'An\r\nna' });
});

test('a result file is only available as a ZIP', async () => {
  const call = await connected();
  const { id } = await importRows(call, ['emailAddress', 'firstName'], ['new@shop.be;Nora']);
  const asJson = await call('GET', `${EXECUTIONS}/${id}/result-file`, undefined, {
    accept: 'application/json',
  });
  expect(asJson.status).toBe(406);
});

test('a refused value refuses its whole row', async () => {
  const call = await connected();
  await importRows(call, ['emailAddress', 'firstName', 'birthDate'], ['a1@shop.be;Anna;1990-02-30']);
  expect(person('a1@shop.be')).toMatchObject({ firstName: null, birthDate: null });
});

test('an empty field clears, unless the attribute is mandatory', async () => {
  const call = await connected();
  await importRows(call, ['customerId', 'firstName', 'emailAddress'], ['C1;Anna;anna@shop.be']);
  await importRows(call, ['emailAddress', 'firstName', 'customerId'], ['anna@shop.be;;']);
  expect(person('anna@shop.be')).toMatchObject({ firstName: null, customerId: null });
  const { id } = await importRows(call, ['customerId', 'emailAddress'], ['C2;']);
  expect(await resultFile(simulator(), id)).toContain('2;C2;INVALID_VALUE;emailAddress is mandatory');
});

test('email addresses match in any case, other keys exactly', async () => {
  const call = await connected();
  await importRows(call, ['emailAddress', 'firstName'], ['A1@Shop.BE;Anna']);
  expect(person('a1@shop.be')).toMatchObject({ firstName: 'Anna', emailAddress: 'a1@shop.be' });
  const { rows } = await importRows(call, ['customerId', 'firstName'], ['c2;Bea', 'C2 ;Bea']);
  expect(rows).toEqual({ read: 2, updated: 0, inError: 2 });
});

test('profile ids are keys too', async () => {
  const call = await connected();
  const { rows } = await importRows(call, ['profileId', 'firstName'], ['2;Bea', '02;Bea', '4;Dora']);
  expect(rows).toEqual({ read: 3, updated: 1, inError: 2 });
  expect(person('a2@shop.be')).toMatchObject({ profileId: '2', firstName: 'Bea' });
});

test('a unique value moves with its contact, and another contact cannot take it', async () => {
  const call = await connected();
  const { id } = await importRows(call, ['emailAddress', 'customerId'], ['a1@shop.be;C2', 'a3@shop.be;C9']);
  expect(await resultFile(simulator(), id)).toContain('2;a1@shop.be;NOT_UNIQUE;');
  expect(simulator().contact('customerId', 'C9')).toMatchObject({ emailAddress: 'a3@shop.be' });
  expect(simulator().contact('customerId', 'C3')).toBeUndefined();
});

test('an update changes the time of update, and not the time of creation', async () => {
  const call = await connected();
  const before = person('a1@shop.be')!;
  simulator().advanceClock(60_000);
  await importRows(call, ['emailAddress', 'firstName'], ['a1@shop.be;Anna']);
  const after = person('a1@shop.be')!;
  expect(after.creationMoment).toBe(before.creationMoment);
  expect(after.updateMoment! > before.updateMoment!).toBe(true);
});

test('an attribute created after the contacts can be written', async () => {
  const call = await connected();
  const attribute = { type: 'CUSTOM', name: 'vip', valueType: 'BOOLEAN', unique: false, mandatory: false };
  await call('POST', '/profile-table-structure/v5/entities/shop/profile-tables/16/change-requests', {
    changes: [{ type: 'ADD_ATTRIBUTE', attribute: { ...attribute, multiValued: false } }],
  });
  expect(person('a1@shop.be')).toMatchObject({ vip: null });
  await importRows(call, ['emailAddress', 'vip'], ['a1@shop.be;TRUE']);
  expect(person('a1@shop.be')).toMatchObject({ vip: 'TRUE' });
});

test('a line with another number of columns fails the import; the lines before it are applied', async () => {
  const call = await connected();
  const state = await importRows(
    call,
    ['emailAddress', 'firstName'],
    ['a1@shop.be;Anna', 'a2@shop.be', 'x;y'],
  );
  expect(state).toMatchObject({ status: 'FAILED', message: expect.stringContaining('line 3') as unknown });
  expect(state.rows).toBeUndefined();
  expect(person('a1@shop.be')).toMatchObject({ firstName: 'Anna' });
  expect((await call('GET', `${EXECUTIONS}/${state.id}/result`)).status).toBe(404);
  expect((await call('GET', `${EXECUTIONS}/${state.id}/result-file`)).status).toBe(404);
});

test('line ends may be CR LF', async () => {
  const call = await connected();
  const { rows } = await importRows(
    call,
    ['emailAddress', 'firstName'],
    ['a1@shop.be;Anna\r', 'a2@shop.be;Bea\r'],
  );
  expect(rows).toEqual({ read: 2, updated: 2, inError: 0 });
  expect(person('a1@shop.be')).toMatchObject({ firstName: 'Anna' });
});

test('a file without rows is a success', async () => {
  const state = await importRows(await connected(), ['emailAddress', 'firstName'], []);
  expect(state).toMatchObject({ status: 'SUCCESS', rows: { read: 0, updated: 0, inError: 0 } });
});

test('one import runs at a time, and the others wait in the order of their arrival', async () => {
  const call = await connected();
  simulator().setFault('importsStuck', { times: 1 });
  const ids: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    const body = upload(['emailAddress', 'firstName'], `emailAddress;firstName\na1@shop.be;${name}`);
    ids.push((await call('POST', EXECUTIONS, body)).json.id);
  }
  const statuses = () =>
    simulator()
      .imports()
      .map(({ status }) => status);
  expect(statuses()).toEqual(['RUNNING', 'PENDING', 'PENDING']);
  simulator().setFault('importsStuck', null);
  for (const id of ids) await ended(call, id);
  expect(statuses()).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
  expect(
    simulator()
      .imports()
      .map(({ id }) => id),
  ).toEqual(ids);
  expect(person('a1@shop.be')).toMatchObject({ firstName: 'third' });
});

test('more imports of a table a day than the license allows are rejected until the next day', async () => {
  const call = await connected();
  const post = async (using = call) =>
    (await using('POST', EXECUTIONS, upload(['emailAddress', 'firstName'], 'emailAddress;firstName\n')))
      .status;
  for (let i = 0; i < 10; i += 1) expect(await post()).toBe(201);
  expect(await post()).toBe(429);
  simulator().advanceClock(24 * 3_600_000);
  expect(await post(await connect(simulator()))).toBe(201);
});

test('an import delay keeps imports RUNNING, and does not delay the end of the simulator', async () => {
  const own = await startSimulator({ importDelay: 600_000 });
  try {
    const call = await connect(own);
    await call('POST', EXECUTIONS, upload(['emailAddress', 'firstName'], 'emailAddress;firstName\n'));
    await until(() => own.imports()[0]!.status === 'RUNNING');
  } finally {
    await own.stop();
  }
});

test('phone numbers are international, or their row is refused', async () => {
  const call = await connected();
  const lines = ['a1@shop.be;+3210458514', 'a2@shop.be;010458514', 'a3@shop.be;+32 10 45 85 14'];
  const { id } = await importRows(call, ['emailAddress', 'gsmNumber'], lines);
  expect([...simulator().contacts()].map(({ gsmNumber }) => gsmNumber)).toEqual(['+3210458514', null, null]);
  expect(
    (await resultFile(simulator(), id)).match(/INVALID_VALUE;gsmNumber is not an international/g),
  ).toHaveLength(2);
});

test('the phone number is a key only if the table is configured for it', async () => {
  const columns = ['gsmNumber', 'firstName'];
  const content = 'gsmNumber;firstName\n+3210458514;Anna';
  expect((await (await connected())('POST', EXECUTIONS, upload(columns, content))).status).toBe(400);
  const own = await startSimulator({ uniquePhone: true });
  try {
    await own.seedContacts([{ emailAddress: 'a1@shop.be', gsmNumber: '+3210458514' }]);
    const doubled = own.seedContacts([{ emailAddress: 'a2@shop.be', gsmNumber: '+3210458514' }]);
    await expect(doubled).rejects.toThrow('unique');
    expect(own.attributes()).toContainEqual(expect.objectContaining({ name: 'gsmNumber', unique: true }));
    await importRows(await connect(own), columns, ['+3210458514;Anna']);
    expect(own.contact('gsmNumber', '+3210458514')).toMatchObject({ firstName: 'Anna' });
  } finally {
    await own.stop();
  }
});
