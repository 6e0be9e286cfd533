/* Tokens of an answer: [MS-TDS] 2.2.7. */

const u16 = (n: number) => sized(2, (b) => b.writeUInt16LE(n));
const u32 = (n: number) => sized(4, (b) => b.writeUInt32LE(n));

function sized(size: number, write: (buffer: Buffer) => unknown): Buffer {
  const buffer = Buffer.alloc(size);
  write(buffer);
  return buffer;
}

const short = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'utf16le')]);
const long = (text: string) => Buffer.concat([u16(text.length), Buffer.from(text, 'utf16le')]);

function token(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type]), u16(body.length), body]);
}

/** Latin1_General_CI_AS: locale 1033, its flags, sort id 52. */
export const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

/** LOGINACK (2.2.7.14), in the version of TDS that the client asked for. */
export function loginAck(version: number): Buffer {
  const ours = sized(4, (b) => b.writeUInt32BE(version));
  return token(0xad, Buffer.from([1]), ours, short('Microsoft SQL Server'), Buffer.from([16, 0, 0x03, 0xe8]));
}

/** ENVCHANGE (2.2.7.9) with texts: 1 is the database, 4 the packet size. */
export function envChange(type: number, now: string, before: string): Buffer {
  return token(0xe3, Buffer.from([type]), short(now), short(before));
}

/** ENVCHANGE of a transaction: 8 begins, 9 commits, 10 rolls back. */
export function transactionChange(type: 8 | 9 | 10, id: bigint): Buffer {
  const bytes = Buffer.concat([Buffer.from([8]), sized(8, (b) => b.writeBigUInt64LE(id))]);
  const none = Buffer.from([0]);
  return token(0xe3, Buffer.from([type]), ...(type === 8 ? [bytes, none] : [none, bytes]));
}

/** An error of SQL Server. `level` is its class: 11 to 16 are errors of the user. */
export interface SqlError {
  number: number;
  message: string;
  level: number;
  state?: number;
  /** From 1; default 1. */
  line?: number;
}

/** An error to answer. */
export class SqlFailure extends Error {
  readonly error: SqlError;

  constructor(error: SqlError) {
    super(error.message);
    this.error = error;
  }
}

/** ERROR (2.2.7.10) and INFO (2.2.7.13). */
export function errorToken({ number, message, level, state = 1, line = 1 }: SqlError): Buffer {
  const type = level > 10 ? 0xaa : 0xab;
  const head = Buffer.from([state, level]);
  return token(type, u32(number), head, long(message), short('shim'), short(''), u32(line));
}

export const DONE = { more: 1, error: 2, count: 0x10, attention: 0x20 };

/** DONE (2.2.7.6); `kind` 0xFE ends a procedure (DONEPROC), 0xFF a statement in one (DONEINPROC). */
export function done(status: number, rows = 0, kind = 0xfd): Buffer {
  const count = sized(8, (b) => b.writeBigUInt64LE(BigInt(rows)));
  return Buffer.concat([Buffer.from([kind]), u16(status), u16(0xc1), count]); // 0xC1: SELECT
}

/** RETURNSTATUS (2.2.7.18): 0, all went well. */
export const RETURN_STATUS = Buffer.concat([Buffer.from([0x79]), u32(0)]);

/** COLMETADATA (2.2.7.4); each column nullable. */
export function columnMetadata(columns: { name: string; type: Buffer }[]): Buffer {
  const parts = columns.flatMap(({ name, type }) => [u32(0), u16(1), type, short(name)]);
  return Buffer.concat([Buffer.from([0x81]), u16(columns.length), ...parts]);
}

/** ROW (2.2.7.19), or NBCROW (2.2.7.15), which leaves NULLs out and marks them in a bitmap. */
export function row(values: (Buffer | null)[]): Buffer {
  if (!values.includes(null)) return Buffer.concat([Buffer.from([0xd1]), ...(values as Buffer[])]);
  const bitmap = Buffer.alloc(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value === null) bitmap[i >> 3]! |= 1 << (i & 7);
  });
  return Buffer.concat([Buffer.from([0xd2]), bitmap, ...values.filter((value) => value !== null)]);
}
