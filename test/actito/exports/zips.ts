import { Zip, zipSync, type ZipDeflate, type ZipPassThrough } from 'fflate';

type Entries = Record<string, string>;
const contents = (entries: Entries) =>
  Object.entries(entries).map(([name, text]) => [name, Buffer.from(text)] as const);

/** A ZIP whose files are not compressed, so that any damage of their bytes can be unpacked. */
export function storedZip(entries: Entries): Buffer {
  return Buffer.from(zipSync(Object.fromEntries(contents(entries)), { level: 0 }));
}

export function deflatedZip(entries: Entries): Buffer {
  return Buffer.from(zipSync(Object.fromEntries(contents(entries))));
}

/** A ZIP that was written as a stream: the sizes and the checksum come after each file. */
export function streamedZip(entries: Entries, Entry: typeof ZipDeflate | typeof ZipPassThrough): Buffer {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  for (const [name, content] of contents(entries)) {
    const entry = new Entry(name);
    zip.add(entry);
    entry.push(content, true);
  }
  zip.end();
  return Buffer.concat(chunks);
}

/** The same ZIP with a comment. */
export function commented(zip: Buffer, comment: string): Buffer {
  const whole = Buffer.concat([zip, Buffer.from(comment, 'latin1')]);
  whole.writeUInt16LE(comment.length, zip.length - 2);
  return whole;
}

/** The same ZIP with the records of ZIP64, which then contain the place of the directory. */
export function asZip64(zip: Buffer): Buffer {
  const end = Buffer.from(zip.subarray(zip.lastIndexOf('PK\x05\x06')));
  const files = zip.subarray(0, -end.length);
  const end64 = Buffer.alloc(56);
  end64.write('PK\x06\x06');
  end64.writeBigUInt64LE(44n, 4); // the size of the rest
  end64.writeUInt32LE(45 * 0x1_0001, 12); // both versions
  for (const at of [24, 32]) end64.writeBigUInt64LE(BigInt(end.readUInt16LE(8)), at); // entries
  end64.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
  end64.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07');
  locator.writeBigUInt64LE(BigInt(files.length), 8);
  locator.writeUInt32LE(1, 16); // disks
  end.fill(0xff, 8, 20); // "see ZIP64"
  return Buffer.concat([files, end64, locator, end]);
}

/** The same bytes with another bit in one of them. */
export function flipped(bytes: Buffer, at: number, bit = 0): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1 << bit;
  return copy;
}
