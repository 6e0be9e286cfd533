import { expect, test } from 'vitest';
import {
  connect,
  controlOf,
  dataFile,
  definition,
  ended,
  EXECUTIONS,
  importRows,
  people,
  resultFile,
  runEtl,
  simulatorForTests,
  someText,
  triggerOf,
  upload,
} from './support.ts';

const simulator = simulatorForTests({ importsPerTablePerDay: 10 });

const MAPPING = { email: 'emailAddress', first: 'firstName', town: 'city' };

async function withEtl(more: object = {}) {
  await simulator().seedContacts(people(3));
  simulator().createEtl({ id: '12', key: 'emailAddress', columns: MAPPING, ...more });
  return connect(simulator());
}

const person = (emailAddress: string) => simulator().contact('emailAddress', emailAddress);

test('an ETL imports its file by the headers that it maps, in any order', async () => {
  const call = await withEtl();
  const reply = await call('POST', triggerOf('12'), dataFile('town;email\nNamur;a1@shop.be\nGent;x@shop.be'));
  expect(reply).toMatchObject({ status: 201, json: { id: someText } });
  expect(reply.headers.get('location')).toBe(`${EXECUTIONS}/${reply.json.id}`);
  const state = await ended(call, reply.json.id);
  expect(state).toMatchObject({ status: 'WITH_ERROR', rows: { read: 2, updated: 1, inError: 1 } });
  expect(person('a1@shop.be')).toMatchObject({ city: 'Namur', firstName: null });
  expect(await resultFile(simulator(), state.id)).toBe(
    'line;emailAddress;code;message\n3;x@shop.be;PROFILE_NOT_FOUND;no profile has this emailAddress\n',
  );
  expect(simulator().imports()).toMatchObject([
    { etlId: '12', key: 'emailAddress', columns: ['city', 'emailAddress'], fileName: 'data.csv' },
  ]);
});

test('an ETL has its own separator', async () => {
  const call = await withEtl({ separator: '\t' });
  expect(await runEtl(call, '12', ['email\tfirst', 'a1@shop.be\tAn;na'])).toMatchObject({
    status: 'SUCCESS',
  });
  expect(person('a1@shop.be')).toMatchObject({ firstName: 'An;na' });
});

test.each([
  ['an unmapped header', {}, 'email;first;shoe', 'maps no column "shoe"'],
  ['an attribute instead of a header', {}, 'email;firstName', 'maps no column "firstName"'],
  ['a name that every object has', {}, 'email;constructor', 'maps no column "constructor"'],
  ['no key', {}, 'first;town', 'lacks the column "email", the ETL\'s key'],
  ['a header twice', {}, 'email;first;first', 'twice'],
  ['too few of all columns', { columnsPolicy: 'all' }, 'email;first', 'lacks the column "town"'],
])('a file with %s is accepted, and its execution fails with a message', async (_, more, header, message) => {
  const call = await withEtl(more);
  const state = await runEtl(call, '12', [header, 'a1@shop.be;Anna;Namur']);
  expect(state).toMatchObject({ status: 'FAILED', message: expect.stringContaining(message) as unknown });
  expect(person('a1@shop.be')).toMatchObject({ firstName: null, city: null });
});

test('an empty file fails, as it has no header', async () => {
  expect(await runEtl(await withEtl(), '12', [''])).toMatchObject({ status: 'FAILED' });
});

test('a file with all columns satisfies the policy "all"', async () => {
  const call = await withEtl({ columnsPolicy: 'all' });
  const state = await runEtl(call, '12', ['first;town;email', 'Anna;Namur;a1@shop.be']);
  expect(state).toMatchObject({ status: 'SUCCESS' });
});

test('an ETL that was not created, or is deleted, is answered 404', async () => {
  const call = await withEtl();
  const status = async (id: string) => (await call('POST', triggerOf(id), dataFile('email;first\n'))).status;
  expect(await status('13')).toBe(404);
  simulator().deleteEtl('12');
  expect(await status('12')).toBe(404);
  expect(simulator().imports()).toEqual([]);
});

test('an ETL can be read, and its answer contains its mode somewhere', async () => {
  const call = await withEtl();
  const read = async (id: string) => {
    const { status, json } = await call('GET', `/mass-imports/v5/entities/shop/etls/${id}`);
    return { status, modes: JSON.stringify(json).match(/UPDATE_ONLY|CREATE_UPDATE|CREATE_ONLY/g) };
  };
  expect(await read('12')).toEqual({ status: 200, modes: ['UPDATE_ONLY'] });
  simulator().changeEtl('12', { mode: 'CREATE_UPDATE' });
  expect(await read('12')).toEqual({ status: 200, modes: ['CREATE_UPDATE'] });
  expect(await read('13')).toEqual({ status: 404, modes: null });
  simulator().deleteEtl('12');
  expect(await read('12')).toEqual({ status: 404, modes: null });
});

test("an ETL's mode is changed for the files that come after", async () => {
  const call = await withEtl();
  const control = controlOf(simulator);
  expect(await control('PUT', '/etls/12', { mode: 'CREATE_ONLY' })).toBe(204);
  const state = await runEtl(call, '12', ['email;first', 'a1@shop.be;Anna', 'new@shop.be;Nora']);
  expect(state).toMatchObject({ rows: { updated: 0, created: 1, inError: 1 } });
  expect(await control('PUT', '/etls/12', { mode: 'DELETE' })).toBe(400);
  expect(await control('PUT', '/etls/12', { mode: 'UPDATE_ONLY', key: 'customerId' })).toBe(400);
  expect(await control('PUT', '/etls/13', { mode: 'UPDATE_ONLY' })).toBe(404);
  simulator().createEtl({ id: '14', key: 'profileId', columns: { id: 'profileId', town: 'city' } });
  expect(await control('PUT', '/etls/14', { mode: 'CREATE_UPDATE' })).toBe(400);
  expect(simulator().etls()).toMatchObject([{ mode: 'CREATE_ONLY' }, { mode: 'UPDATE_ONLY' }]);
});

test('a trigger accepts only the data file', async () => {
  const call = await withEtl();
  const withDefinition = upload(['emailAddress', 'firstName'], 'email;first\n');
  expect((await call('POST', triggerOf('12'), withDefinition)).status).toBe(400);
  expect((await call('POST', triggerOf('12'), new FormData())).status).toBe(400);
  expect((await call('POST', triggerOf('12'), definition(['emailAddress']))).status).toBe(400);
  expect((await call('POST', triggerOf('12'), dataFile('\uFEFFemail;first\n'))).status).toBe(400);
  expect((await call('POST', triggerOf('12'), dataFile('email;first\n'))).status).toBe(201);
});

test('ETLs and one-shot imports wait in the same queue', async () => {
  const call = await withEtl();
  simulator().setFault('importsStuck', { times: 1 });
  const oneShot = upload(['emailAddress', 'firstName'], 'emailAddress;firstName\na1@shop.be;first');
  const first = (await call('POST', EXECUTIONS, oneShot)).json.id;
  const second = (await call('POST', triggerOf('12'), dataFile('email;first\na1@shop.be;second'))).json.id;
  expect(simulator().imports()).toMatchObject([{ status: 'RUNNING' }, { status: 'PENDING' }]);
  simulator().setFault('importsStuck', null);
  for (const id of [first, second]) expect(await ended(call, id)).toMatchObject({ status: 'SUCCESS' });
  expect(person('a1@shop.be')).toMatchObject({ firstName: 'second' });
});

test('ETLs and one-shot imports share the quota of the table and day', async () => {
  const call = await withEtl();
  for (let i = 0; i < 5; i += 1) {
    await importRows(call, ['emailAddress', 'firstName'], []);
    await runEtl(call, '12', ['email;first']);
  }
  expect((await call('POST', triggerOf('12'), dataFile('email;first\n'))).status).toBe(429);
});

test('an ETL that creates does create profiles, unlike any other import', async () => {
  const call = await withEtl({ mode: 'CREATE_UPDATE' });
  const lines = ['email;first', 'a1@shop.be;Anna', 'new@shop.be;Nora', 'not an address;Otto'];
  const state = await runEtl(call, '12', lines);
  expect(state).toMatchObject({
    status: 'WITH_ERROR',
    rows: { read: 3, updated: 1, created: 1, inError: 1 },
  });
  expect(person('new@shop.be')).toMatchObject({ profileId: '4', firstName: 'Nora', city: null });
  expect(await resultFile(simulator(), state.id)).toContain('4;not an address;INVALID_VALUE;emailAddress');
});

test('an ETL that only creates rejects existing profiles', async () => {
  const call = await withEtl({ mode: 'CREATE_ONLY' });
  const state = await runEtl(call, '12', ['email;first', 'A1@shop.be;Anna', 'new@shop.be;Nora']);
  expect(state).toMatchObject({ rows: { read: 2, updated: 0, created: 1, inError: 1 } });
  expect(await resultFile(simulator(), state.id)).toContain('2;A1@shop.be;PROFILE_EXISTS;');
  expect(person('a1@shop.be')).toMatchObject({ firstName: null });
});

test('no profile is created without its mandatory values', async () => {
  const call = await withEtl({
    mode: 'CREATE_UPDATE',
    key: 'customerId',
    columns: { id: 'customerId', ...MAPPING },
  });
  const state = await runEtl(call, '12', ['id;first', 'C1;Anna', 'C9;Nora']);
  expect(state).toMatchObject({ rows: { updated: 1, created: 0, inError: 1 } });
  expect(simulator().contactCount()).toBe(3);
});

test.each([
  ['a taken id', { id: '12' }, 'exists already'],
  ['an unknown table', { table: 'Other' }, 'no profile table'],
  [
    'an unknown attribute',
    { columns: { email: 'emailAddress', shoe: 'shoeSize' } },
    'no attribute "shoeSize"',
  ],
  ['a key that it does not map', { key: 'customerId' }, 'not among the columns'],
  ['a key that is not unique', { key: 'firstName' }, 'not a unique attribute'],
  ['an attribute mapped twice', { columns: { ...MAPPING, name: 'firstName' } }, 'twice'],
  ["an attribute of Actito's own", { columns: { ...MAPPING, id: 'profileId' } }, 'Actito only'],
  [
    'a created profile id',
    { key: 'profileId', columns: { id: 'profileId' }, mode: 'CREATE_UPDATE' },
    'profileId',
  ],
  ['an unknown mode', { mode: 'DELETE' }, 'mode'],
  ['a long separator', { separator: '||' }, 'separator'],
  ['an unknown field', { dryRun: true }, 'dryRun'],
])('an ETL with %s cannot be created', async (_, more, message) => {
  await withEtl();
  const etl = { id: '13', key: 'emailAddress', columns: MAPPING, ...more };
  expect(() => simulator().createEtl(etl as never)).toThrow(message);
  expect(simulator().etls()).toHaveLength(1);
});

test('a table can be given by its name, and Actito can choose an id', async () => {
  const etl = simulator().createEtl({ table: 'Profiles', key: 'emailAddress', columns: MAPPING });
  expect(etl).toMatchObject({ id: someText, table: '16', mode: 'UPDATE_ONLY', columnsPolicy: 'subset' });
  expect(simulator().etls()).toEqual([etl]);
});

test('an attribute that was deleted since fails the execution that writes it', async () => {
  const call = await withEtl();
  simulator().deleteAttribute('city');
  expect(await runEtl(call, '12', ['email;town', 'a1@shop.be;Namur'])).toMatchObject({
    status: 'FAILED',
    message: 'The table has no attribute "city".',
  });
  expect(await runEtl(call, '12', ['email;first', 'a1@shop.be;Anna'])).toMatchObject({ status: 'SUCCESS' });
});
