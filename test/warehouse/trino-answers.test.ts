import { expect, test } from 'vitest';
import { openTrino } from '../../warehouse/trino/open.ts';
import { failureOf } from '../support/failure-of.ts';
import { startAnswering } from './answering.ts';
import { READER, readAll } from './reading.ts';

const COLUMNS = [{ name: 'id', type: 'integer' }];
const FINISHED = { state: 'FINISHED' };
const DESCRIBED = [{ columns: COLUMNS }, { stats: FINISHED }];

/** Opens a coordinator that answers the statements one after the other, each with its pages. */
async function open(...statements: unknown[][]) {
  let pages: unknown[] = [];
  const { origin, asked } = await startAnswering(({ method, path }, at) => {
    if (path.startsWith('/v1/query/')) return { status: 403, body: '' };
    if (method === 'POST') pages = [...statements.shift()!];
    const page = pages.shift();
    if (typeof page !== 'object') return { body: page };
    const nextUri = pages.length > 0 ? `${at}/v1/statement/next` : undefined;
    return { body: { id: 'q', nextUri, stats: { state: 'RUNNING' }, ...page } };
  });
  const url = origin.replace('//', '//shop@');
  const source = { url, variable: 'SHOP_URL', statementTimeout: 60_000, reader: READER };
  return { warehouse: openTrino(source), asked };
}

const QUESTION = {
  query: 'select id from unpaid',
  setting: 'guards.assertions[0]',
  signal: new AbortController().signal,
};

test('columns and rows can be in different pages, and pages can have neither', async () => {
  const { warehouse } = await open(DESCRIBED, [
    {},
    { columns: COLUMNS },
    {},
    { data: [['7']] },
    { stats: FINISHED },
  ]);
  expect(await warehouse.look(QUESTION)).toEqual({ found: true, kind: 'integer', value: '7' });
  const { warehouse: another } = await open(DESCRIBED, [
    {},
    { columns: COLUMNS, data: [['7']] },
    { data: [['8']] },
    { stats: FINISHED },
  ]);
  expect((await readAll(another, 'select 1', ['id'])).lines).toEqual([['7'], ['8']]);
});

test.each([
  ['a page that is no JSON', [{ columns: COLUMNS }, '<html>hunter2</html>'], 'Expected: JSON'],
  ['an empty page', [{ columns: COLUMNS }, ''], 'Expected: JSON'],
  ['an end that is not FINISHED', [{ columns: COLUMNS }, { stats: { state: 'FAILED' } }], 'did not complete'],
  ['an end without a state', [{ columns: COLUMNS }, { stats: undefined }], 'did not complete'],
  ['no columns', [{ stats: FINISHED }], 'did not complete'],
])('with %s, a guard is not one that finds no row, and a segment is not empty', async (_, pages, says) => {
  const [asking, reading] = [await open(DESCRIBED, pages), await open(DESCRIBED, pages)];
  const failures = [
    await failureOf(asking.warehouse.look(QUESTION)),
    await failureOf(readAll(reading.warehouse, 'select 1', ['id'])),
  ];
  for (const failure of failures) {
    expect(failure).toMatchObject({ type: 'SourceUnavailable', retryable: true });
    expect(failure.message).toContain(says);
    expect(failure.message).not.toContain('hunter2');
  }
});

test('an error ends the statement at once, although its page names a next one', async () => {
  const error = { errorName: 'DIVISION_BY_ZERO', errorType: 'USER_ERROR', message: 'hunter2' };
  const { warehouse, asked } = await open(DESCRIBED, [{ error }, { columns: COLUMNS, stats: FINISHED }]);
  const failure = await failureOf(readAll(warehouse, 'select 1', ['id']));
  expect(failure).toMatchObject({ type: 'SegmentQueryFailed' });
  expect(failure.message).not.toContain('hunter2');
  expect(asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
});
