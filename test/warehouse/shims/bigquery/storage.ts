import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import type { Schema } from 'apache-arrow';
import { hasRoom } from '../has-room.ts';
import { arrowSchemaOf, serializedBatch, serializedSchema } from './arrow.ts';
import type { TableReference } from './engine.ts';
import { ApiError } from './errors.ts';
import { takeOnce } from './faults.ts';
import type { Context } from './rest.ts';
import type { Field } from './types.ts';

/** The parts of CreateReadSessionRequest that the shim reads. */
interface SessionRequest {
  parent: string;
  readSession?: {
    table: string;
    dataFormat: string;
    readOptions?: { selectedFields?: string[]; rowRestriction?: string };
  };
  maxStreamCount: number;
}

interface Stream {
  table: TableReference;
  /** Rows of the table: from the first, up to but without the last. */
  from: number;
  to: number;
  /** Places of the selected columns in the table. */
  columns: number[];
  fields: Field[];
  schema: Schema;
}

/** How long, in milliseconds, responses that were sent may take to a client on this machine. */
const DELIVERED = 300;

type ReadRowsCall = grpc.ServerWritableStream<{ readStream: string; offset: string }, unknown>;
type SessionCall = grpc.ServerUnaryCall<SessionRequest, unknown>;

/** What is left of a service when its protos are loaded at run time. */
export function readService(): grpc.ServiceDefinition {
  const json = createRequire(import.meta.url)(
    '@google-cloud/bigquery-storage/build/protos/protos.json',
  ) as object;
  const loaded = grpc.loadPackageDefinition(fromJSON(json, { longs: String, enums: String, defaults: true }));
  const v1 = ['google', 'cloud', 'bigquery', 'storage', 'v1'].reduce(
    (part, name) => part[name] as grpc.GrpcObject,
    loaded,
  );
  return (v1.BigQueryRead as grpc.ServiceClientConstructor).service;
}

/**
 * The Storage Read API: google/cloud/bigquery/storage/v1/{storage,stream,arrow}.proto. `cut` ends the connections of the
 * clients.
 */
export function storageServer(context: Context, cut: () => void): grpc.Server {
  const streams = new Map<string, Stream>();
  const server = new grpc.Server({ 'grpc.max_send_message_length': -1 });
  server.addService(readService(), {
    createReadSession(call: SessionCall, callback: grpc.sendUnaryData<unknown>) {
      createSession(context, streams, call).then(
        (session) => callback(null, session),
        (error: unknown) => callback(grpcError(error)),
      );
    },
    readRows(call: ReadRowsCall) {
      readRows(context, streams, call, cut).then(
        () => call.end(),
        (error: unknown) => call.emit('error', Object.assign(new Error(String(error)), grpcError(error))),
      );
    },
  });
  return server;
}

async function createSession(context: Context, streams: Map<string, Stream>, call: SessionCall) {
  authorize(context, call.metadata);
  const { parent, readSession, maxStreamCount } = call.request;
  context.requests.push({ method: 'CreateReadSession', path: parent, query: {}, body: call.request });
  const path = /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(readSession?.table ?? '');
  if (!path) throw invalid(`Invalid table name: ${readSession?.table}`);
  if (readSession!.dataFormat !== 'ARROW')
    throw invalid('The shim sends Arrow only: set data_format to ARROW.');
  if (readSession!.readOptions?.rowRestriction) throw invalid('The shim has no row_restriction.');
  const table = { projectId: path[1]!, datasetId: path[2]!, tableId: path[3]! };
  const found = await context.engine.table(table);
  const columns = selected(found.fields, readSession!.readOptions?.selectedFields ?? []);
  const fields = columns.map((column) => found.fields[column]!);
  const schema = arrowSchemaOf(fields);
  const { location, project, streams: most, batchRows } = context.settings;
  const count = Math.max(1, Math.min(maxStreamCount || most, most, Math.ceil(found.rows / batchRows)));
  const name = `projects/${project}/locations/${location.toLowerCase()}/sessions/${randomUUID()}`;
  const names = Array.from({ length: count }, (_, index) => {
    const [from, to] = [index, index + 1].map((part) => Math.floor((found.rows * part) / count)) as [
      number,
      number,
    ];
    streams.set(`${name}/streams/${index}`, { table, from, to, columns, fields, schema });
    return { name: `${name}/streams/${index}` };
  });
  return {
    name,
    expireTime: { seconds: Math.floor(Date.now() / 1000) + 6 * 3600, nanos: 0 },
    dataFormat: 'ARROW',
    arrowSchema: { serializedSchema: serializedSchema(schema) },
    table: readSession!.table,
    readOptions: readSession!.readOptions,
    streams: names,
    estimatedRowCount: found.rows + (context.faults.totalRowsDelta ?? 0),
    estimatedTotalBytesScanned: context.settings.bytesProcessed,
  };
}

async function readRows(context: Context, streams: Map<string, Stream>, call: ReadRowsCall, cut: () => void) {
  authorize(context, call.metadata);
  const { readStream, offset } = call.request;
  context.requests.push({ method: 'ReadRows', path: readStream, query: { offset } });
  const stream = streams.get(readStream);
  if (!stream) throw new ApiError({ reason: 'notFound', message: `Not found: stream ${readStream}` });
  const rows = stream.to - stream.from;
  if (Number(offset) > rows) throw invalid(`The offset ${offset} is beyond the ${rows} rows of the stream.`);
  const { faults, settings } = context;
  for (let at = Number(offset); at < rows && !call.cancelled; at += settings.batchRows) {
    const end = Math.min(rows, at + settings.batchRows);
    if (faults.streamErrorAfterRows !== undefined && stream.from + end > faults.streamErrorAfterRows) {
      takeOnce(faults, 'streamErrorAfterRows');
      throw new ApiError({ reason: 'backendError', message: 'The service is currently unavailable.' });
    }
    if (faults.cutAfterRows !== undefined && stream.from + end > faults.cutAfterRows) {
      takeOnce(faults, 'cutAfterRows');
      await delay(DELIVERED); // a client that has received nothing yet would repeat its call by itself
      return cut();
    }
    const values = await context.engine.read(stream.table, stream.from + at, stream.from + end);
    const selectedValues = values.map((row) => stream.columns.map((column) => row[column]!));
    const batch = serializedBatch(stream.schema, stream.fields, selectedValues);
    const response = {
      arrowRecordBatch: { serializedRecordBatch: batch, rowCount: values.length },
      rowCount: values.length + (faults.rowCountDelta ?? 0),
      stats: { progress: { atResponseStart: at / rows, atResponseEnd: end / rows } },
      // "This field is only populated in the first ReadRowsResponse RPC."
      ...(at === Number(offset) && { arrowSchema: { serializedSchema: serializedSchema(stream.schema) } }),
    };
    // A client that reads slowly stops the sending; one that has left ends it.
    if (!call.write(response)) await hasRoom(call, 'cancelled');
  }
}

/** "The order of the fields in the read session schema is derived from the table schema." */
function selected(fields: readonly Field[], names: readonly string[]): number[] {
  const lower = names.map((name) => name.toLowerCase());
  const unknown = names.find(
    (name) => !fields.some((field) => field.name.toLowerCase() === name.toLowerCase()),
  );
  if (unknown !== undefined)
    throw invalid(`The following selected fields do not exist in the table schema: ${unknown}`);
  return fields.flatMap((field, index) =>
    names.length === 0 || lower.includes(field.name.toLowerCase()) ? [index] : [],
  );
}

/** Without TLS, libraries send no token; one that is sent must be valid. */
function authorize({ tokens }: Context, metadata: grpc.Metadata): void {
  const [header] = metadata.get('authorization');
  if (header === undefined || tokens().isValid(String(header))) return;
  throw new ApiError({ reason: 'authError', location: 'Authorization', message: 'Invalid Credentials' });
}

function invalid(message: string): ApiError {
  return new ApiError({ reason: 'invalid', message: `request failed: ${message}` });
}

function grpcError(error: unknown): { code: grpc.status; details: string } {
  const status = error instanceof ApiError ? error.status : 'INTERNAL';
  const code = grpc.status[status as keyof typeof grpc.status] ?? grpc.status.UNKNOWN;
  return { code, details: error instanceof Error ? error.message : String(error) };
}
