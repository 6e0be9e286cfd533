import { BigQueryReadClient } from '@google-cloud/bigquery-storage';
import * as grpc from '@grpc/grpc-js';
import { tableFromIPC, type Table } from 'apache-arrow';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Calls } from './bigquery/calls.ts';
import { startBigqueryShim, type BigqueryShim } from './bigquery/shim.ts';

/** A response of ReadRows, as the client gives it. */
interface Response {
  rowCount: string;
  arrowRecordBatch: { serializedRecordBatch: Uint8Array };
  arrowSchema?: { serializedSchema: Uint8Array } | null;
}
type Options = { selectedFields?: string[]; maxStreamCount?: number };

describe("BigQuery's shim: the Storage Read API", () => {
  let shim: BigqueryShim;
  let calls: Calls;
  let client: BigQueryReadClient;
  beforeEach(async () => {
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none'); // the client would look for a machine of Google's
    shim = await startBigqueryShim({ batchRows: 100 });
    calls = new Calls(shim);
    const [apiEndpoint, port] = shim.storageAddress.split(':');
    const sslCreds = grpc.credentials.createInsecure();
    client = new BigQueryReadClient({ apiEndpoint, port: Number(port), sslCreds, projectId: shim.project });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await client.close();
    await shim.close();
  });

  /** Runs a query and opens its destination table. */
  async function session(query: string, { selectedFields, maxStreamCount = 1 }: Options = {}) {
    const { json } = await calls.insert(query);
    await calls.call(`queries/${json.jobReference.jobId}`);
    const { projectId, datasetId, tableId } = json.configuration.query.destinationTable;
    const table = `projects/${projectId}/datasets/${datasetId}/tables/${tableId}`;
    const readSession = { table, dataFormat: 'ARROW' as const, readOptions: { selectedFields } };
    const [created] = await client.createReadSession({
      parent: `projects/${projectId}`,
      readSession,
      maxStreamCount,
    });
    return {
      created,
      streams: created.streams!.map(({ name }) => name!),
      schema: created.arrowSchema!.serializedSchema as Uint8Array,
    };
  }

  async function responses(readStream: string, offset = 0): Promise<Response[]> {
    const read: Response[] = [];
    for await (const response of client.readRows({ readStream, offset })) read.push(response as Response);
    return read;
  }

  const tableOf = (schema: Uint8Array, { arrowRecordBatch }: Response): Table =>
    tableFromIPC([schema, arrowRecordBatch.serializedRecordBatch]);

  const ids = async (schema: Uint8Array, stream: string, offset = 0) =>
    (await responses(stream, offset)).flatMap((response) => [
      ...(tableOf(schema, response).getChild('id')!.toArray() as BigInt64Array),
    ]);

  const ROWS = `select id, 'x' as padding from unnest(generate_array(1, 250)) as id`;
  const FROM_1 = Array.from({ length: 250 }, (_, index) => BigInt(index + 1));

  test('a stream sends each row once, in the order of the query; only its first response has the schema', async () => {
    const { created, streams, schema } = await session(ROWS);
    expect([Number(created.estimatedRowCount), streams.length]).toEqual([250, 1]);
    const read = await responses(streams[0]!);
    expect(read.map(({ rowCount }) => Number(rowCount))).toEqual([100, 100, 50]);
    expect(read.map(({ arrowSchema }) => Boolean(arrowSchema))).toEqual([true, false, false]);
    expect(await ids(schema, streams[0]!)).toEqual(FROM_1);
  });

  test('a read goes on at an offset', async () => {
    const { streams, schema } = await session(ROWS);
    expect(await ids(schema, streams[0]!, 120)).toEqual(FROM_1.slice(120));
  });

  test('several streams hold all rows together', async () => {
    const { streams, schema } = await session(ROWS, { maxStreamCount: 3 });
    expect(streams).toHaveLength(3);
    const read = await Promise.all(streams.map((stream) => ids(schema, stream)));
    expect(read.flat()).toEqual(FROM_1);
  });

  test('selected fields come in the order of the table, and unknown ones are refused', async () => {
    const { streams, schema } = await session(`select 1 as a, 2 as b, 3 as c`, {
      selectedFields: ['c', 'a'],
    });
    const [response] = await responses(streams[0]!);
    expect(tableOf(schema, response!).schema.names).toEqual(['a', 'c']);
    await expect(session('select 1 as a', { selectedFields: ['z'] })).rejects.toThrow(
      /INVALID_ARGUMENT.*: z/,
    );
  });

  test('an empty result has a stream without rows', async () => {
    const { created, streams } = await session('select 1 as id from (select 1 as a) where a = 2');
    expect(Number(created.estimatedRowCount)).toBe(0);
    expect(await responses(streams[0]!)).toEqual([]);
  });

  // https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details
  test('values have the Arrow types of the documentation, and are exact', async () => {
    const { streams, schema } = await session(`select 9223372036854775807 as i, numeric '-1.5' as n,
      bignumeric '-12345678901234567890123456789012345678.12345678901234567890123456789012345678' as big,
      timestamp '2020-01-02 03:04:05.000006+00' as ts, datetime '2020-01-02 03:04:05' as dt, date '2020-01-02' as d,
      time '00:00:01' as t, true as b, b'ab' as bytes, 1.5 as f, '😀' as s, cast(null as string) as empty,
      [1, 2] as list, struct('x' as a) as record, parse_json('{}') as j`);
    const table = tableOf(schema, (await responses(streams[0]!))[0]!);
    expect(Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]))).toEqual({
      i: 'Int64',
      n: 'Decimal[38e+9]',
      big: 'Decimal[76e+38]',
      ts: 'Timestamp<MICROSECOND, UTC>',
      dt: 'Timestamp<MICROSECOND>',
      d: 'Date32<DAY>',
      t: 'Time64<MICROSECOND>',
      b: 'Bool',
      bytes: 'Binary',
      f: 'Float64',
      s: 'Utf8',
      empty: 'Utf8',
      list: 'List<Int64>',
      record: 'Struct<{a:Utf8}>',
      j: 'Utf8',
    });
    const first = (name: string): unknown => table.getChild(name)!.get(0);
    expect([first('i'), first('s'), first('empty'), first('b')]).toEqual([
      9223372036854775807n,
      '😀',
      null,
      true,
    ]);
    expect(signed(first('n') as Uint32Array)).toBe(-1_500_000_000n);
    expect(signed(first('big') as Uint32Array)).toBe(
      -1234567890123456789012345678901234567812345678901234567890123456789012345678n,
    );
    const stored = table.getChild('ts')!.data[0]!.values as BigInt64Array;
    expect(stored[0]).toBe(1_577_934_245_000_006n);
    expect([...(first('list') as Iterable<bigint>)]).toEqual([1n, 2n]);
  });

  test('a stream that becomes unavailable says so once, and goes on at its offset', async () => {
    const { streams, schema } = await session(ROWS);
    shim.setFault({ streamErrorAfterRows: 150 });
    const read: Response[] = [];
    await expect(
      (async () => {
        for await (const response of client.readRows({ readStream: streams[0]! }))
          read.push(response as Response);
      })(),
    ).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
    expect(read).toHaveLength(1);
    expect(await ids(schema, streams[0]!, 100)).toEqual(FROM_1.slice(100));
  });

  test('a connection that is cut in the middle of a stream is an error of the client', async () => {
    const { streams } = await session(ROWS);
    shim.setFault({ cutAfterRows: 150 });
    await expect(responses(streams[0]!)).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
  });

  test('the estimated number of rows differs from the rows that are sent', async () => {
    shim.setFault({ totalRowsDelta: -10 });
    const { created, streams, schema } = await session(ROWS);
    expect(Number(created.estimatedRowCount)).toBe(240);
    expect(await ids(schema, streams[0]!)).toHaveLength(250);
  });

  test('streams and tables that do not exist are not found', async () => {
    const unknown = {
      readSession: { table: 'projects/shop/datasets/a/tables/b', dataFormat: 'ARROW' as const },
    };
    await expect(client.createReadSession({ parent: 'projects/shop', ...unknown })).rejects.toMatchObject({
      code: grpc.status.NOT_FOUND,
    });
    await expect(responses('projects/shop/locations/eu/sessions/x/streams/0')).rejects.toMatchObject({
      code: grpc.status.NOT_FOUND,
    });
  });
});

function signed(words: Uint32Array): bigint {
  const value = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
  return BigInt.asIntN(words.length * 32, value);
}
