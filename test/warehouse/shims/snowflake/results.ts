import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { sendPlain, sendStored } from '../bodies.ts';
import type { FaultState } from '../faults.ts';
import type { SeenRequest } from '../server.ts';
import { about, type Statement } from './statement.ts';

/** A ResultSet: metadata of all partitions, and the rows of the first one. */
export async function sendResultSet(
  response: ServerResponse,
  statement: Statement,
  { headers }: SeenRequest,
  faults: FaultState,
  statementHandles: string[] | undefined,
): Promise<void> {
  const { rowType, numRows, partitions } = statement.outcome!;
  const partitionInfo = partitions.map(({ rows, bytes, body }, index) => ({
    rowCount: rows,
    uncompressedSize: bytes,
    ...(index > 0 && { compressedSize: body.length }), // the examples have none for the first
  }));
  const metadata = { numRows, format: 'jsonv2', partitionInfo, rowType };
  const rest = {
    code: '090001',
    ...(statementHandles && { statementHandles }),
    ...about(statement),
    sqlState: '00000',
    message: 'Statement executed successfully.',
    createdOn: statement.createdOn,
  };
  const compressed = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  response.writeHead(200, {
    'content-type': 'application/json',
    link: links(statement, 0),
    ...(compressed && { 'content-encoding': 'gzip' }),
  });
  const before = `{"resultSetMetaData":${JSON.stringify(metadata)},"data":[`;
  const after = `],${JSON.stringify(rest).slice(1)}`;
  const [first] = partitions;
  if (!compressed) return sendPlain(response, first!, faults, { before, after });
  // A gzip stream may have several members (RFC 1952): the stored rows need not be compressed again.
  const body = Buffer.concat([gzipSync(before), first!.body, gzipSync(after)]);
  await sendStored(response, { ...first!, body }, faults);
}

/** A later partition: always compressed, and without metadata. */
export async function sendPartition(
  response: ServerResponse,
  statement: Statement,
  index: number,
  faults: FaultState,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    link: links(statement, index),
  });
  await sendStored(response, statement.outcome!.partitions[index]!, faults);
}

function links({ handle, outcome }: Statement, current: number): string {
  const last = outcome!.partitions.length - 1;
  const rels: [string, number][] = [['first', 0]];
  if (current > 0) rels.push(['prev', current - 1]);
  if (current < last) rels.push(['next', current + 1]);
  rels.push(['last', last]);
  const link = (partition: number) =>
    `</api/v2/statements/${handle}?requestId=${randomUUID()}&partition=${partition}>`;
  return rels.map(([rel, partition]) => `${link(partition)}; rel="${rel}"`).join(', ');
}
