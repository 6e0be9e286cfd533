import { expect, test } from 'vitest';
import { ROUTES } from '../../actito/contract.ts';
import { asked, check, of, path, USUAL, type Script } from './check-contract-license.ts';
import { json, text } from './support.ts';

/* Reading alone shows how far a license is as the contract assumes. The simulator's answers are in test/cli/contract-check.test.ts. */

test('every route of the contract is in the report, and a license as assumed differs nowhere', async () => {
  const checks = await check();
  expect(checks.map(({ route }) => route).sort()).toEqual(Object.keys(ROUTES).sort());
  const results = Object.fromEntries(checks.map(({ route, result }) => [route, result]));
  const writing = { changeRequests: 'notChecked', executions: 'notChecked', etlExecutions: 'notChecked' };
  expect(results).toEqual({
    ...Object.fromEntries(Object.keys(ROUTES).map((route) => [route, 'asAssumed'])),
    ...writing,
  });
  expect(of(checks, 'profileTable')).toMatchObject({
    mark: 'D',
    call: 'GET /profile-table-structure/v5/entities/{entity}/profile-tables/{table}',
    status: 200,
    fields: ['id', 'name', 'attributes', 'attributes[].type', 'attributes[].name', 'attributes[].unique'],
  });
  expect(of(checks, 'executionResultFile')).toMatchObject({
    mark: 'C',
    fields: ['line', 'emailAddress', 'code', 'message'],
  });
  expect(checks.flatMap(({ settings }) => settings)).toEqual(['contract.executionListing: byFileName']);
});

test('nothing is written: every call is a GET', async () => {
  await check();
  expect(asked().requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  expect(asked().requests).toHaveLength(1 + Object.keys(USUAL).length);
});

test.each<[what: string, changes: Record<string, Script>, route: string, settings: string[]]>([
  [
    'no row results',
    { [path('/7/result')]: json(404, {}) },
    'executionResult',
    ['contract.rowResults: none'],
  ],
  [
    'no result file',
    { [path('/result-file')]: json(404, {}) },
    'executionResultFile',
    ['contract.rowResults: none'],
  ],
  ['no lists', { [path('lists')]: json(404, {}) }, 'lists', ['list.provision: existing']],
])('a license with %s is reported with the setting that follows', async (_, changes, route, settings) => {
  const found = of(await check(changes), route);
  expect(found).toMatchObject({ result: 'notFound', status: 404, settings });
  expect(found.says.message).toContain(`set contract.paths.${route}`);
});

test.each([
  ['CREATE_UPDATE', 'differs', 'contains the mode CREATE_UPDATE, which creates profiles'],
  ['SOMETHING', 'differs', 'contains none of UPDATE_ONLY, CREATE_ONLY and CREATE_UPDATE'],
  ['UPDATE_ONLY', 'asAssumed', 'contains the mode UPDATE_ONLY.'],
])('an ETL in mode %s is reported as %s', async (mode, result, says) => {
  const found = of(await check({ [path('/etls/12')]: json(200, { mode }) }), 'etl');
  expect(found).toMatchObject({ result, fields: ['mode'] });
  expect(found.says.message).toContain(says);
});

test('a license without the routes of lists needs no setting if all lists are created in Actito', async () => {
  const routes = ['/file-transfer-locations', '/file-synchronizations', '/external-target-lists'];
  const gone = Object.fromEntries(routes.map((end) => [path(end), json(404, {})]));
  const settings = async (listsExist: boolean) =>
    (await check(gone, { listsExist, contract: { executionListing: 'byFileName' } })).flatMap(
      (each) => each.settings,
    );
  expect(await settings(true)).toEqual([]);
  expect(await settings(false)).toEqual(Array(3).fill('list.provision: existing'));
});

test('an answer of another structure is reported with its fields, and where it differs', async () => {
  const checks = await check({
    [path('lists')]: json(200, { lists: [{ id: 3, label: 'Anna' }] }),
    [path('/etl-executions?dataFile=vip-1.csv')]: json(200, { etlExecutions: [{ no: 1 }, { no: 2 }] }),
  });
  expect(of(checks, 'lists')).toMatchObject({
    result: 'differs',
    fields: ['lists', 'lists[].id', 'lists[].label'],
    says: { facts: { at: ['externalTargetLists'] } },
  });
  expect(of(checks, 'list')).toMatchObject({ result: 'notChecked' });
  expect(of(checks, 'executionsByFile').says.facts).toEqual({ at: ['etlExecutions[].id'] });
});

test.each<[what: string, script: Script, expected: object]>([
  ['a page', text(200, '<html>proxy.shop.example</html>', 'text/html'), { result: 'differs', status: 200 }],
  ['no JSON', text(200, 'proxy.shop.example'), { result: 'differs', status: 200 }],
  ['a 403', json(403, {}), { result: 'failed', status: 403 }],
  ['a 503', json(503, {}), { result: 'failed', status: 503 }],
  [
    'a redirect',
    (_, response) => void response.writeHead(302, { Location: 'https://proxy.shop.example' }).end(),
    { result: 'failed', status: 302 },
  ],
])('%s is reported, and the other routes are still checked', async (_, script, expected) => {
  const checks = await check({ [path('/file-synchronizations')]: script });
  expect(of(checks, 'synchronizations')).toMatchObject({ fields: [], ...expected });
  expect(of(checks, 'lists').result).toBe('asAssumed');
});

test('without a token, nothing else is asked', async () => {
  const checks = await check({}, { token: json(401, {}) });
  expect(checks).toMatchObject([{ route: 'token', result: 'failed', status: 401 }]);
  expect(asked().requests).toEqual(['GET /auth/token']);
});

test('what cannot be asked is reported with the reason', async () => {
  const checks = await check(
    { [path('/profile-tables')]: json(200, { profileTables: [{ id: '1', name: 'Anna' }] }) },
    { etls: [], lastImport: undefined },
  );
  const why = (route: string) => (of(checks, route).says.facts as { why?: string }).why;
  expect(['profileTable', 'etl', 'execution', 'executionResult', 'lists', 'executions'].map(why)).toEqual([
    'table',
    'etl',
    'import',
    'import',
    'table',
    'writes',
  ]);
  expect(of(checks, 'profileTables')).toMatchObject({ result: 'differs', says: { reason: 'nameNotListed' } });
});

test('the report contains no key, token, id, host, name of the license, or value', async () => {
  const paths = { lists: '/gw/AcmeBank/{entity}/{table}?subscription-key=s3cr3t' };
  const checks = await check(
    {
      '/gw/AcmeBank/shop/16?subscription-key=s3cr3t': json(200, {
        externalTargetLists: [{ id: '4711', name: 'Anna', 'bob@shop.be': 1 }],
      }),
      [path('-tables/16')]: json(200, {
        id: '16',
        name: 'Customers',
        attributes: [{ type: 'CUSTOM', valueType: 'Dupont', name: 'shoeSize' }],
      }),
    },
    { contract: { paths } },
  );
  const report = JSON.stringify(checks);
  const own = [asked().apiKey, 'the-access-token', '4711', '127.0.0.1', 'vip-1', 'Customers', '"shop"'];
  for (const secret of [...own, 'AcmeBank', 's3cr3t', 'shoeSize', 'Anna', 'anna', 'bob', 'Dupont'])
    expect(report).not.toContain(secret);
  expect(of(checks, 'lists')).toMatchObject({
    result: 'asAssumed',
    call: 'GET your own path (contract.paths.lists)',
  });
  expect(of(checks, 'profileTable')).toMatchObject({ result: 'differs', says: { facts: { types: ['…'] } } });
});
