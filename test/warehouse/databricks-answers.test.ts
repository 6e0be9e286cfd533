import { describe, expect, test } from 'vitest';
import { openDatabricks } from '../../warehouse/databricks/open.ts';
import { failureOf } from '../support/failure-of.ts';
import { startAnswering, type Asked, type Told } from './answering.ts';
import { until } from '../setup/until.ts';
import { READER, readAll } from './reading.ts';

const SCHEMA = { columns: [{ name: 'id', type_name: 'INT', type_text: 'INT' }] };
const PATH = '/api/2.0/sql/statements';
/** The rows of each chunk. */
const CHUNKS = [['1', '2'], ['3'], ['4']];
const MANIFEST = {
  schema: SCHEMA,
  total_chunk_count: CHUNKS.length,
  total_row_count: 4,
  chunks: CHUNKS.map(({ length }, index) => ({ chunk_index: index, row_count: length })),
};
const bodyOf = (chunk: number) => CHUNKS[chunk]!.map((id) => [id]);
const source = {
  host: 'shop.cloud.databricks.com',
  login: { token: 'hunter2' },
  warehouse: 'abc',
  catalog: 'main',
  schema: 'marketing',
  statementTimeout: 60_000,
  reader: READER,
};

/** A service whose answers a test changes; undefined: the usual one. */
async function service(changed: (asked: Asked, origin: string) => Told | undefined = () => undefined) {
  return startAnswering((asked, origin) => {
    const own = changed(asked, origin);
    if (own) return own;
    const { path } = asked;
    const link = (index: number) => ({
      external_links: [{ external_link: `${origin}/stored/${index}`, chunk_index: index }],
    });
    const stored = /^\/stored\/(\d)$/.exec(path);
    if (stored) return { body: bodyOf(Number(stored[1])) };
    const chunk = /\/result\/chunks\/(\d)$/.exec(path);
    if (chunk) return { body: link(Number(chunk[1])) };
    if (path === PATH) return { body: { statement_id: 's', status: { state: 'PENDING' } } };
    return {
      body: { statement_id: 's', status: { state: 'SUCCEEDED' }, manifest: MANIFEST, result: link(0) },
    };
  });
}

const TIMEOUTS = { connect: 5_000, short: 1_000, beyond: 5_000 };
async function read({ origin }: { origin: string }): Promise<string[]> {
  const warehouse = openDatabricks(source, { origin, timeouts: TIMEOUTS });
  return (await readAll(warehouse, 'select id from people', ['id'])).lines.map(([id]) => id!);
}
const failure = (server: { origin: string }) => failureOf(read(server));

describe('what is sent', () => {
  test('a statement names its warehouse, catalog and schema, and asks for links to arrays of JSON', async () => {
    const { origin, asked } = await service();
    expect(await read({ origin })).toEqual(['1', '2', '3', '4']);
    const [submitted] = asked;
    expect(submitted).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer hunter2', 'user-agent': 'actito-sync/1', 'accept-encoding': 'gzip' },
      body: {
        warehouse_id: 'abc',
        catalog: 'main',
        schema: 'marketing',
        disposition: 'EXTERNAL_LINKS',
        format: 'JSON_ARRAY',
        wait_timeout: '0s',
      },
    });
  });

  test('while a chunk is read, the next one is requested, and no other', async () => {
    const many = Array.from({ length: 100_000 }, (_, at) => [String(at)]);
    const server = await service(({ path }) => (path === '/stored/0' ? { body: many } : undefined));
    const warehouse = openDatabricks(source, server);
    const { signal } = new AbortController();
    const segment = { query: 'select id from people' };
    const { batches } = await warehouse.read({ segment, columns: ['id'], signal });
    const first = await batches[Symbol.asyncIterator]().next();
    expect(first.done).toBe(false);
    const stored = () => server.asked.flatMap(({ path }) => /^\/stored\/(\d)$/.exec(path)?.[1] ?? []);
    await until('the next chunk is requested', async () => stored().length > 1);
    expect(stored()).toEqual(['0', '1']);
    await warehouse.close();
  });

  test('the links of a result are not asked for again as long as they work', async () => {
    const server = await service();
    await read(server);
    const asked = server.asked.filter(({ path }) => path.includes('/result/chunks/'));
    expect(asked.map(({ path }) => path.at(-1))).toEqual(['1', '2']);
  });

  test('a link without the index of its chunk is that of the chunk that was asked for', async () => {
    const { origin } = await service(({ path }, at) =>
      path.endsWith('/result/chunks/1')
        ? { body: { external_links: [{ external_link: `${at}/stored/1` }] } }
        : undefined,
    );
    expect(await read({ origin })).toEqual(['1', '2', '3', '4']);
  });

  test('a statement is asked for again while it waits and while it runs', async () => {
    const states = ['PENDING', 'RUNNING'];
    const { origin } = await service(({ path, method }) => {
      const state = method === 'GET' && path === `${PATH}/s` ? states.shift() : undefined;
      return state === undefined ? undefined : { body: { statement_id: 's', status: { state } } };
    });
    expect(await read({ origin })).toEqual(['1', '2', '3', '4']);
    expect(states).toEqual([]);
  });
});

describe('what makes a read fail', () => {
  test('a result that Databricks has truncated', async () => {
    const manifest = { ...MANIFEST, truncated: true };
    const error = await failure(
      await service(({ path, method }) =>
        method === 'GET' && path === `${PATH}/s`
          ? { body: { statement_id: 's', status: { state: 'SUCCEEDED' }, manifest, result: {} } }
          : undefined,
      ),
    );
    expect(error).toMatchObject({ type: 'SegmentQueryFailed', retryable: false });
    expect(error.message).toContain('Databricks truncates results beyond 100 GiB');
  });

  test.each(['total_row_count', 'total_chunk_count'])('a result without its %s', async (name) => {
    const manifest = { ...MANIFEST, [name]: undefined };
    const error = await failure(
      await service(({ path, method }) =>
        method === 'GET' && path === `${PATH}/s`
          ? { body: { statement_id: 's', status: { state: 'SUCCEEDED' }, manifest, result: {} } }
          : undefined,
      ),
    );
    expect(error).toMatchObject({ type: 'SourceUnavailable' });
    expect(error.message).toContain('Expected: JSON with statement_id and status');
  });

  test('two chunks with the rows of each other', async () => {
    const error = await failure(
      await service(({ path }) =>
        path === '/stored/0' ? { body: bodyOf(1) } : path === '/stored/1' ? { body: bodyOf(0) } : undefined,
      ),
    );
    expect(error).toMatchObject({ type: 'SourceUnavailable' });
  });

  test('a link of another chunk', async () => {
    const error = await failure(
      await service(({ path }, origin) =>
        path.endsWith('/result/chunks/1')
          ? { body: { external_links: [{ external_link: `${origin}/stored/2`, chunk_index: 2 }] } }
          : undefined,
      ),
    );
    expect(error.message).toContain('Expected: JSON with external_links');
  });

  test('a link that stays invalid, which is renewed three times', async () => {
    const server = await service(({ path }) =>
      path === '/stored/1' ? { status: 403, body: '<Error><Code>hunter2</Code></Error>' } : undefined,
    );
    const error = await failure(server);
    expect(error).toMatchObject({ type: 'SourceUnavailable', retryable: true });
    expect(error.message).toContain('HTTP status 403 of a result link');
    expect(error.message).not.toContain('hunter2');
    expect(server.asked.filter(({ path }) => path === '/stored/1')).toHaveLength(4);
  });

  test.each([
    ['a success without a manifest', { state: 'SUCCEEDED' }, 'cannot be read (HTTP status 200)'],
    ['a statement that somebody has canceled', { state: 'CANCELED' }, 'Databricks CANCELLED'],
    ['a statement that was closed', { state: 'CLOSED' }, 'Databricks CANCELLED'],
    [
      'an error inside of the service',
      { state: 'FAILED', error: { error_code: 'INTERNAL_ERROR', message: 'hunter2' } },
      'Databricks INTERNAL_ERROR',
    ],
  ])('%s, until it is tried again', async (_, status, says) => {
    const server = await service(({ path, method }) =>
      method === 'GET' && path === `${PATH}/s` ? { body: { statement_id: 's', status } } : undefined,
    );
    const error = await failure(server);
    expect(error).toMatchObject({ type: 'SourceUnavailable', retryable: true });
    expect(error.message).toContain(says);
    expect(error.message).not.toContain('hunter2');
    // a statement that has ended is not canceled
    expect(server.asked.some(({ path }) => path.endsWith('/cancel'))).toBe(status.state === 'SUCCEEDED');
  });

  test.each([
    ['[DIVIDE_BY_ZERO] hunter2', 'division by zero (Databricks DIVIDE_BY_ZERO)'],
    ['[UNRESOLVED_COLUMN.WITH_SUGGESTION] hunter2', 'Databricks UNRESOLVED_COLUMN'],
    ['hunter2. SQLSTATE: 22012', 'division by zero (Databricks SQLSTATE 22012)'],
  ])('a statement that fails with %s and no SQLSTATE of its own', async (message, says) => {
    const status = { state: 'FAILED', error: { error_code: 'BAD_REQUEST', message } };
    const error = await failure(
      await service(({ path, method }) =>
        method === 'GET' && path === `${PATH}/s` ? { body: { statement_id: 's', status } } : undefined,
      ),
    );
    expect(error).toMatchObject({ type: 'SegmentQueryFailed' });
    expect(error.message).toContain(says);
    expect(error.message).not.toContain('hunter2');
  });

  test('an error whose codes are no codes, which are not shown', async () => {
    const error = { error_code: "the value 'hunter2'", message: "[the value 'hunter2'] hunter2" };
    const status = { state: 'FAILED', error, sql_state: 'hunter2' };
    const told = await failure(
      await service(({ path, method }) =>
        method === 'GET' && path === `${PATH}/s` ? { body: { statement_id: 's', status } } : undefined,
      ),
    );
    expect(told).toMatchObject({ type: 'SegmentQueryFailed' });
    expect(told.message).not.toContain('hunter2');
  });

  test('a warehouse that does not exist', async () => {
    const body = { error_code: 'NOT_FOUND', message: 'hunter2' };
    const error = await failure(await service(() => ({ status: 404, body })));
    expect(error).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(error.message).toBe(
      'The warehouse (shop.cloud.databricks.com) rejected the settings of the connection (Databricks NOT_FOUND). Check warehouse, catalog, schema.',
    );
  });

  test('an answer that is no JSON', async () => {
    const error = await failure(await service(() => ({ body: '<html>hunter2</html>' })));
    expect(error).toMatchObject({ type: 'SourceUnavailable' });
    expect(error.message).toContain('Expected: JSON with statement_id and status');
    expect(error.message).not.toContain('hunter2');
  });

  test('a service that asks for a longer pause than a read waits; the next attempt waits as long', async () => {
    const server = await service(() => ({ status: 503, headers: { 'retry-after': '90' }, body: {} }));
    expect(await failure(server)).toMatchObject({ type: 'SourceUnavailable', retryAfter: 90_000 });
    expect(server.asked).toHaveLength(1);
  });
});
