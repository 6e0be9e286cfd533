import { expect, test } from 'vitest';
import { zipSync } from 'fflate';
import { check, of, path, zip } from './check-contract-license.ts';
import { json, text } from './support.ts';

/* What reading shows of the last import. */

test.each<[what: string, body: object, contract: object, expected: object]>([
  ['the other field', { executionStatus: 'SUCCESS' }, {}, { result: 'asAssumed', settings: [] }],
  [
    'both fields',
    { status: 'ACTIVE', executionStatus: 'SUCCESS' },
    {},
    { result: 'asAssumed', settings: ['contract.statusField: executionStatus'] },
  ],
  [
    'another field than the destination says',
    { executionStatus: 'SUCCESS' },
    { statusField: 'status' },
    { result: 'differs', settings: ['contract.statusField: executionStatus'] },
  ],
  [
    'both fields, the first with an unknown name',
    { status: 'SUCCESS', executionStatus: 'IN_PROGRESS' },
    {},
    {
      result: 'differs',
      settings: [
        'contract.statusField: executionStatus or status',
        'contract.statusNames: { IN_PROGRESS: running, success, withErrors or failed }',
      ],
    },
  ],
  [
    'both fields, of which the destination names one',
    { status: 'SUCCESS', executionStatus: 'IN_PROGRESS' },
    { statusField: 'status' },
    { result: 'asAssumed', settings: [] },
  ],
  [
    'an unknown name',
    { status: 'ENDED_WELL' },
    {},
    {
      result: 'differs',
      settings: ['contract.statusNames: { ENDED_WELL: running, success, withErrors or failed }'],
    },
  ],
  ['a text', { status: 'Anna is done' }, {}, { result: 'differs', settings: [] }],
  ['neither field', { state: 'Anna' }, {}, { result: 'differs', fields: ['state'], settings: [] }],
])('a status in %s is reported', async (_, body, contract, expected) => {
  const checks = await check({ [path('-executions/7')]: json(200, body) }, { contract });
  expect(of(checks, 'execution')).toMatchObject({ status: 200, ...expected });
  expect(JSON.stringify(checks)).not.toContain('Anna');
});

test.each([
  ['is running', json(200, { id: '7', status: 'RUNNING' })],
  ['failed', json(200, { id: '7', status: 'FAILED' })],
  ['has an unknown status', json(200, { id: '7', status: 'ENDED_WELL' })],
  ['cannot be read', json(503, {})],
])('the results of an import that %s are not checked, and no setting follows', async (_, execution) => {
  const checks = await check({
    [path('-executions/7')]: execution,
    [path('/7/result')]: json(404, {}),
    [path('/result-file')]: json(404, {}),
  });
  for (const route of ['executionResult', 'executionResultFile'])
    expect(of(checks, route)).toMatchObject({
      result: 'notChecked',
      says: { facts: { why: 'notApplied' } },
      settings: [],
    });
});

test('an import without rows in error has a result, and no file of rows in error', async () => {
  const checks = await check({ [path('-executions/7')]: json(200, { id: '7', status: 'SUCCESS' }) });
  expect(of(checks, 'executionResult')).toMatchObject({ result: 'asAssumed' });
  expect(of(checks, 'executionResultFile')).toMatchObject({
    result: 'notChecked',
    says: { facts: { why: 'rowsInError' } },
  });
});

test('the header of a result file is read as CSV: with quotes, and separators and line ends inside of them', async () => {
  const header = '\uFEFF"line";"emailAddress";"code";"a;message";"of\r\nActito"\r\n2;anna;X;;\r\n';
  const checks = await check({ [path('/result-file')]: zip(header) });
  const { result, fields } = of(checks, 'executionResultFile');
  expect({ result, fields }).toEqual({
    result: 'asAssumed',
    fields: ['line', 'emailAddress', 'code', '…'],
  });
});

test('a result file that does not begin with a line of CSV is reported without its content', async () => {
  const checks = await check({ [path('/result-file')]: zip('"anna" dupont;code\n') });
  expect(of(checks, 'executionResultFile')).toMatchObject({ result: 'differs', fields: [] });
});

/** A ZIP whose packed content is invalid. */
function damaged(): Buffer {
  const name = 'rows.csv';
  return Buffer.from(zipSync({ [name]: Buffer.from('line;emailAddress;code;message\n') })).fill(
    0xff,
    30 + name.length,
    40 + name.length,
  );
}

test('a result file without the assumed header is reported without its first line, which may be a row', async () => {
  const checks = await check({ [path('/result-file')]: zip('2;anna;dupont\n') });
  expect(of(checks, 'executionResultFile')).toMatchObject({ result: 'differs', fields: [] });
});

test.each<[what: string, body: Buffer]>([
  ['a damaged ZIP', damaged()],
  ['no ZIP', Buffer.from('2;anna;dupont')],
])('a result file that is %s is reported, and the other routes are still checked', async (_, body) => {
  const checks = await check({ [path('/result-file')]: text(200, body, 'application/zip') });
  expect(of(checks, 'executionResultFile')).toMatchObject({
    result: 'failed',
    says: { facts: { reason: 'rowsInErrorUnreadable' } },
  });
  expect(of(checks, 'lists').result).toBe('asAssumed');
});
