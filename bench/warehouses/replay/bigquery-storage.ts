import { Readable } from 'node:stream';
import * as grpc from '@grpc/grpc-js';
import {
  arrowSchemaOf,
  serializedBatch,
  serializedSchema,
} from '../../../test/warehouse/shims/bigquery/arrow.ts';
import { readService } from '../../../test/warehouse/shims/bigquery/storage.ts';
import { COLUMNS } from '../rows.ts';
import { textsOf } from './bigquery.ts';
import { partsOf } from './parts.ts';

/** Rows of a response, as in the shim: about 0.7 MB. */
const BATCH = 8_192;

/** Replays the Storage Read API, without TLS: batches of Arrow in one stream. Resolves to its port on 127.0.0.1. */
export function replayStorage(rows: number): Promise<number> {
  const fields = COLUMNS.map((_, index) => ({
    name: `c${index}`,
    type: 'STRING',
    mode: 'NULLABLE' as const,
  }));
  const schema = arrowSchemaOf(fields);
  const service = readService();
  const { ReadRows } = service as { ReadRows: grpc.MethodDefinition<unknown, unknown> };
  const responses = partsOf(rows, BATCH, (rowCount) => {
    const serializedRecordBatch = serializedBatch(schema, fields, textsOf(rowCount));
    return ReadRows.responseSerialize({ arrowRecordBatch: { serializedRecordBatch, rowCount }, rowCount });
  });
  const server = new grpc.Server({ 'grpc.max_send_message_length': -1 });
  const asTheyAre = { ...ReadRows, responseSerialize: (response: unknown) => response as Buffer };
  server.addService(
    { ...service, ReadRows: asTheyAre },
    {
      createReadSession(_call: unknown, callback: grpc.sendUnaryData<unknown>) {
        callback(null, {
          name: 'bench',
          dataFormat: 'ARROW',
          arrowSchema: { serializedSchema: serializedSchema(schema) },
          streams: [{ name: 'bench/streams/0' }],
        });
      },
      readRows(call: grpc.ServerWritableStream<unknown, unknown>) {
        Readable.from(responses.map(({ content }) => content)).pipe(call);
      },
    },
  );
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}
