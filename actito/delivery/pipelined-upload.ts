import { isStatus, StatusError } from './sftp-failures.ts';
import type { SftpRequests } from './sftp-requests.ts';

/** The packet size that every SFTP server accepts. */
const PACKET = 32_768;
/** Simultaneous writes: 2 MB, enough for 40 MB/s with a round trip of 50 ms. */
export const WINDOW = 64;

/** Codes for which fewer simultaneous writes do not help: no permission, read-only, no space, no quota. */
const FINAL = [3, 12, 14, 15];

interface Piece {
  packet: Buffer;
  position: number;
}

/**
 * Uploads a stream with many simultaneous writes. Single writes would wait for a round trip per 32 kB, which makes a
 * distant server slow whatever its bandwidth. If a server refuses one of several writes, the refused ones are sent
 * again, and from then on all writes one at a time.
 * @param window the number of simultaneous writes
 */
export async function uploadPipelined(
  requests: SftpRequests,
  path: string,
  content: AsyncIterable<Uint8Array>,
  window = WINDOW,
): Promise<void> {
  const handle = await requests.open(path);
  const upload = new Upload(requests, handle, window);
  try {
    for await (const packet of packets(content)) await upload.write(packet);
    await upload.finish();
  } catch (error) {
    // The failure of the upload is reported. Some servers delete no open file.
    await requests.close(handle).catch(() => undefined);
    throw error;
  }
  await requests.close(handle);
}

class Upload {
  readonly #requests: SftpRequests;
  readonly #handle: Buffer;
  readonly #underWay = new Set<Promise<void>>();
  /** Buffers without a packet, for reuse, because a large file would leave thousands of them as garbage. */
  readonly #free: Buffer[] = [];
  #window: number;
  #position = 0;
  #refused: Piece[] = [];
  #failure: Error | undefined;

  constructor(requests: SftpRequests, handle: Buffer, window: number) {
    this.#requests = requests;
    this.#handle = handle;
    this.#window = window;
  }

  /** Begins to write, and returns as soon as the next write may begin. */
  async write(packet: Buffer): Promise<void> {
    this.#begin({ packet: this.#copy(packet), position: this.#position });
    this.#position += packet.length;
    while (this.#underWay.size >= this.#window) await Promise.race(this.#underWay);
    await this.#settle();
  }

  async finish(): Promise<void> {
    await Promise.all(this.#underWay);
    await this.#settle();
  }

  /** Copies a packet until it is written, because the producer of the content may reuse its buffer. */
  #copy(packet: Buffer): Buffer {
    const own = this.#free.pop() ?? Buffer.allocUnsafeSlow(PACKET);
    return own.subarray(0, packet.copy(own));
  }

  #begin(piece: Piece): void {
    const { packet, position } = piece;
    const isAlone = this.#window === 1;
    const written: Promise<void> = this.#requests
      .write(this.#handle, packet, position)
      .then(() => void this.#free.push(Buffer.from(packet.buffer)))
      .catch((error: Error) => {
        if (isAlone || !(error instanceof StatusError) || isStatus(error, ...FINAL)) this.#failure ??= error;
        else this.#refused.push(piece);
      })
      .finally(() => this.#underWay.delete(written));
    this.#underWay.add(written);
  }

  /** Throws the error, or sends again what was refused during simultaneous writes. */
  async #settle(): Promise<void> {
    if (this.#refused.length > 0 && this.#failure === undefined) {
      this.#window = 1;
      await Promise.all(this.#underWay);
      const again = this.#refused.sort((one, other) => one.position - other.position);
      this.#refused = [];
      for (const piece of again) {
        if (this.#failure !== undefined) break;
        this.#begin(piece);
        await Promise.all(this.#underWay);
      }
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** Divides a stream into full packets. */
async function* packets(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of content) {
    let bytes =
      held.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([held, chunk]);
    while (bytes.length >= PACKET) {
      yield bytes.subarray(0, PACKET);
      bytes = bytes.subarray(PACKET);
    }
    held = bytes;
  }
  if (held.length > 0) yield held;
}
