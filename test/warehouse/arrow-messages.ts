import {
  RecordBatchStreamWriter,
  Table,
  type CompressionType,
  type DataType,
  type Vector,
} from 'apache-arrow';

/** The messages of Arrow's own writer: the schema, and a batch. */
export function messages(
  columns: Record<string, Vector<DataType>>,
  compressionType: CompressionType | null = null,
): [Buffer, Buffer] {
  const writer = new RecordBatchStreamWriter({ compressionType });
  writer.write(new Table(columns));
  const stream = Buffer.from(writer.finish().toUint8Array(true));
  const found: Buffer[] = [];
  for (let at = 0; stream.readInt32LE(at + 4) > 0;) {
    const metadata = stream.readInt32LE(at + 4);
    const start = at;
    // the body's length is the fourth field of the message
    const root = at + 8 + stream.readUInt32LE(at + 8);
    const slots = root - stream.readInt32LE(root);
    const slot = stream.readUInt16LE(slots) > 10 ? stream.readUInt16LE(slots + 10) : 0;
    const body = slot === 0 ? 0 : Number(stream.readBigInt64LE(root + slot));
    at += 8 + metadata + body;
    found.push(stream.subarray(start, at));
  }
  return found as [Buffer, Buffer];
}
