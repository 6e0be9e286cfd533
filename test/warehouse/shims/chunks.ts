import { once } from 'node:events';
import { createGzip } from 'node:zlib';

/** A part of a result. */
export interface Chunk {
  /** The body, compressed by gzip. */
  body: Buffer;
  rows: number;
  /** The index of its first row in the result. */
  offset: number;
  /** The size of the body before compression. */
  bytes: number;
}

/** How a chunk begins and ends; rows are separated by commas. */
interface Frame {
  open: string;
  close: string;
}

/** Chunks of rows (each a JSON array), of about `size` bytes before compression. There is always a first chunk. */
export async function chunksOf(
  batches: AsyncIterable<string[]>,
  size: number,
  frame: (index: number) => Frame,
): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  let offset = 0;
  let writer = new ChunkWriter(frame(0));
  const finish = async () => {
    const chunk = await writer.finish(offset);
    offset += chunk.rows;
    chunks.push(chunk);
  };
  for await (const batch of batches) {
    for (const row of batch) {
      if (writer.rows > 0 && writer.bytes >= size) {
        await finish();
        writer = new ChunkWriter(frame(chunks.length));
      }
      await writer.add(row);
    }
  }
  await finish();
  return chunks;
}

/** Compresses while it writes: a chunk of 80 MB is never in memory as a whole. */
class ChunkWriter {
  rows = 0;
  bytes: number;
  private pending: string;
  private readonly close: string;
  private readonly gzip = createGzip({ level: 1 });
  private readonly parts: Buffer[] = [];

  constructor({ open, close }: Frame) {
    this.pending = open;
    this.close = close;
    this.bytes = open.length + close.length;
    this.gzip.on('data', (part: Buffer) => this.parts.push(part));
  }

  async add(row: string): Promise<void> {
    this.pending += this.rows === 0 ? row : `,${row}`;
    this.bytes += Buffer.byteLength(row) + (this.rows === 0 ? 0 : 1);
    this.rows += 1;
    if (this.pending.length >= 1 << 16) await this.flush();
  }

  async finish(offset: number): Promise<Chunk> {
    this.pending += this.close;
    await this.flush();
    this.gzip.end();
    await once(this.gzip, 'end');
    return { body: Buffer.concat(this.parts), rows: this.rows, offset, bytes: this.bytes };
  }

  private async flush(): Promise<void> {
    const text = this.pending;
    this.pending = '';
    if (!this.gzip.write(text)) await once(this.gzip, 'drain');
  }
}
