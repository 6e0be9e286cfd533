import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { published } from '../published/fixture.ts';
import { Calls, type Answer } from './bigquery/calls.ts';
import { startBigqueryShim, type BigqueryShim } from './bigquery/shim.ts';

/** A query of n rows, as a segment has them. */
const rows = (n: number) =>
  `select id, repeat('x', 10) as padding from unnest(generate_array(1, ${n})) as id`;
/** A query that takes many minutes. */
const SLOW = `select count(*) as id from unnest(generate_array(1, 1000000)) a, unnest(generate_array(1, 1000000)) b`;

describe("BigQuery's shim: queries by the REST API", () => {
  let shim: BigqueryShim;
  let calls: Calls;
  beforeAll(async () => {
    shim = await startBigqueryShim({ pageRows: 100 });
    calls = new Calls(shim);
  });
  afterAll(() => shim.close());

  test('a dry run says the type of the statement, its schema and its bytes, and makes no job', async () => {
    const { json } = await calls.insert('select 1 as id', { configuration: { dryRun: true } });
    expect(json.statistics).toMatchObject({
      totalBytesProcessed: '1048576',
      query: { statementType: 'SELECT', schema: { fields: [{ name: 'id', type: 'INTEGER' }] } },
    });
    expect(json.jobReference).not.toHaveProperty('jobId');
    for (const [sql, statementType] of [
      ['create table ds.t as select 1 as a', 'CREATE_TABLE_AS_SELECT'],
      ['select 1; select 2', 'SCRIPT'],
      ['with a as (select 1 as b) select b from a;', 'SELECT'],
    ] as const) {
      await shim.execute('create schema if not exists ds');
      const dry = await calls.insert(sql, { configuration: { dryRun: true } });
      expect(dry.json.statistics.query.statementType).toBe(statementType);
    }
  });

  test('a job has an anonymous table as its destination, and keeps its labels', async () => {
    const { json } = await calls.insert('select 1 as id', {
      configuration: { labels: { activation: 'vip' } },
    });
    expect(json.configuration.labels).toEqual({ activation: 'vip' });
    expect(json.configuration.query.destinationTable).toMatchObject({
      datasetId: expect.stringMatching(/^_[0-9a-f]{40}$/),
      tableId: expect.stringMatching(/^anon[0-9a-f]{64}$/),
    });
  });

  test("a query's rows are those of the published example", async () => {
    const { body: example } = published<Answer>('bigquery/query-results');
    const { schema, totalRows, rows, jobComplete } = example;
    const answer = await calls.results("SELECT 1 AS x, 'foo' AS y;");
    expect(answer).toMatchObject({ schema, totalRows, rows, jobComplete });
    // Only jobs.query and jobs.getQueryResults have another kind; all members are in both.
    expect(Object.keys(answer)).toEqual(expect.arrayContaining(Object.keys(example)));
  });

  test('pages follow one another by their tokens, and hold each row once', async () => {
    const { json } = await calls.insert(rows(250));
    const path = `queries/${json.jobReference.jobId}`;
    const ids: unknown[] = [];
    let pages = 0;
    for (let token: string | undefined = ''; token !== undefined; pages++) {
      const page = await calls.call(`${path}?maxResults=90${token && `&pageToken=${token}`}`);
      expect(page.json.totalRows).toBe('250');
      ids.push(...page.json.rows!.map(({ f }) => f[0]!.v));
      token = page.json.pageToken;
    }
    expect(pages).toBe(3);
    expect(ids).toEqual(Array.from({ length: 250 }, (_, index) => String(index + 1)));
  });

  test('a page ends at 20 MB, whatever its number of rows', async () => {
    const answer = await calls.results(
      `select repeat('x', 6000000) as text from unnest(generate_array(1, 5)) as id`,
    );
    expect(answer.rows).toHaveLength(3);
    expect(answer.pageToken).toBeDefined();
  });

  test('a running query is not complete, counts as running, and ends as stopped when it is canceled', async () => {
    const { json } = await calls.insert(SLOW);
    const path = `queries/${json.jobReference.jobId}?timeoutMs=0`;
    expect((await calls.call(path)).json).toMatchObject({ jobComplete: false });
    expect((await calls.call(path)).json).not.toHaveProperty('totalRows');
    expect(shim.running()).toBe(1);
    const cancel = await calls.call(`jobs/${json.jobReference.jobId}/cancel`, {});
    expect(cancel.json).toMatchObject({ kind: 'bigquery#jobCancelResponse', job: {} });
    const ended = await calls.call(`queries/${json.jobReference.jobId}?timeoutMs=30000`);
    expect(ended.status).toBe(499);
    expect(ended.json.error!.errors[0]).toMatchObject({
      reason: 'stopped',
      message: 'Job execution was cancelled: User requested cancellation',
    });
    expect(shim.running()).toBe(0);
    expect((await calls.call(`jobs/${json.jobReference.jobId}`)).json.status).toMatchObject({
      state: 'DONE',
      errorResult: { reason: 'stopped' },
    });
  });

  test('a query longer than jobTimeoutMs is stopped, as the real service says it', async () => {
    const { json } = await calls.insert(SLOW, { configuration: { jobTimeoutMs: '200' } });
    const ended = await calls.call(`queries/${json.jobReference.jobId}?timeoutMs=30000`);
    expect(ended.status).toBe(499);
    const { error } = published<Answer>('bigquery/job-timeout').body;
    expect(ended.json.error!.errors).toEqual(error!.errors);
  });

  test('a query above maximumBytesBilled fails with the bytes that it needs', async () => {
    const { json } = await calls.insert('select 1 as id', { query: { maximumBytesBilled: '1000000' } });
    const answer = await calls.call(`queries/${json.jobReference.jobId}`);
    expect(answer.status).toBe(400);
    expect(answer.json.error!.errors[0]).toMatchObject({
      reason: 'bytesBilledLimitExceeded',
      message: 'Query exceeded limit for bytes billed: 1000000. 10485760 or higher required.',
    });
  });

  test('errors of syntax and names have a place, in the shape of the real service', async () => {
    const example = published<Answer>('bigquery/query-error').body.error!;
    const { error } = await calls.results('select 1 as id,\n  nope from (select 1 as a)');
    expect(error).toEqual({
      ...example,
      message: 'Unrecognized name: nope at [2:3]',
      errors: [{ ...example.errors[0], message: 'Unrecognized name: nope at [2:3]' }],
    });
    expect((await calls.results('selec 1')).error!.message).toBe(
      'Syntax error: Unexpected identifier "selec" at [1:1]',
    );
    const missing = async (query: string) => (await calls.results(query)).error!.message;
    expect(await missing('select\n foo(1)')).toBe('Function not found: foo at [2:2]');
    expect(await missing('select\r\n\tfoo(1)')).toBe('Function not found: foo at [2:9]');
    expect(await missing("select 'é🎈', foo(1)")).toBe('Function not found: foo at [1:14]');
  });

  test('a table that does not exist is not found, as the real service says it', async () => {
    const message = 'Not found: Table shop:marts.nowhere was not found in location EU';
    const answer = await calls.insert('select 1 as id from `shop.marts.nowhere`');
    const [first] = published<Answer>('bigquery/table-not-found').body.error!.errors;
    expect(answer.status).toBe(404);
    expect(answer.json.error).toMatchObject({ code: 404, errors: [{ ...first, message }] });
  });

  test('a job is found at its location only, and must not have the ID of another', async () => {
    const jobReference = { projectId: 'shop', jobId: 'once', location: 'EU' };
    expect((await calls.insert('select 1 as id', { jobReference })).status).toBe(200);
    expect((await calls.insert('select 1 as id', { jobReference })).json.error).toMatchObject({
      code: 409,
      message: 'Already Exists: Job shop:EU.once',
    });
    expect((await calls.call('jobs/once?location=us-east1')).status).toBe(404);
    expect((await calls.call('jobs/once?location=EU')).status).toBe(200);
  });

  test('statements that write tell how many rows they changed', async () => {
    await shim.execute('create table people (id int64, name string)');
    const insert = 'insert into `shop.contract.people` values (1, "Zoë"), (2, "O\'Neil")';
    expect(await calls.results(insert)).toMatchObject({ jobComplete: true, numDmlAffectedRows: '2' });
    expect(await calls.row('select name from contract.people where id = 2 # the last')).toEqual(["O'Neil"]);
  });
});
