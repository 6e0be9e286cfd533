/** A record of PostgreSQL's binary COPY. */
export function copyRecord(fields: readonly (Buffer | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(fields.length);
  const sized = fields.flatMap((field) => {
    const size = Buffer.alloc(4);
    size.writeInt32BE(field?.length ?? -1);
    return field ? [size, field] : [size];
  });
  return Buffer.concat([count, ...sized]);
}

/** The fields of records of PostgreSQL's binary COPY. */
export function copyFields(records: Buffer): (Buffer | null)[][] {
  const found: (Buffer | null)[][] = [];
  for (let at = 0; at < records.length;) {
    const count = records.readInt16BE(at);
    at += 2;
    const fields = Array.from({ length: count }, () => {
      const length = records.readInt32BE(at);
      at += 4;
      return length < 0 ? null : records.subarray(at, (at += length));
    });
    found.push(fields);
  }
  return found;
}
