import type { SFTPWrapper } from 'ssh2';
import { Interruption } from './interruption.ts';
import { tell } from '../../contract/messages/tell.ts';

/** What every SFTP server takes in one packet. */
const PACKET = 32_768;
/** Writes under way at one time: 2 MB, enough to keep a line of 50 ms round trip at 40 MB/s. */
const WINDOW = 64;

/**
 * Streams a file up with many writes under way. One write at a time would wait a round trip for every 32 kB, which
 * makes a distant server slow whatever its bandwidth.
 */
export async function uploadPipelined(
  sftp: SFTPWrapper,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  // ssh2 answers no callback of a connection that is gone: its end has to interrupt every wait.
  const broken = new Interruption();
  const onClose = () => broken.interrupt(new Error(tell('connectionClosed', {}).message));
  sftp.once('close', onClose);
  const handle = await broken.race(promised<Buffer>((done) => sftp.open(path, 'w', done)));
  const underWay = new Set<Promise<void>>();
  let position = 0;
  let failure: unknown;
  const write = (packet: Buffer) => {
    const written: Promise<void> = promised<void>((done) =>
      sftp.write(handle, packet, 0, packet.length, position, done),
    )
      .catch((error: unknown) => void (failure ??= error))
      .finally(() => underWay.delete(written));
    underWay.add(written);
    position += packet.length;
  };
  try {
    const source = packets(content);
    for (;;) {
      // Also the content may stall: it must not hide that the connection is gone.
      const next = await broken.race(source.next());
      if (next.done) break;
      write(next.value);
      while (underWay.size >= WINDOW) await broken.race(Promise.race(underWay));
      if (failure) throw failure as Error;
    }
    await broken.race(Promise.all(underWay));
    if (failure) throw failure as Error;
    await broken.race(promised<void>((done) => sftp.close(handle, done)));
  } finally {
    sftp.removeListener('close', onClose);
  }
}

/** Cuts any stream into full packets. */
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

function promised<T>(call: (done: (error: Error | null | undefined, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));
}
