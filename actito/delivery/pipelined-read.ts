import { isStatus, StatusError } from './sftp-failures.ts';
import type { SftpRequests } from './sftp-requests.ts';

/** Every SFTP server supports it. For servers other than OpenSSH, ssh2 divides reads of more than 31,952 bytes. */
const PACKET = 31_744;
/** Simultaneous reads: 1 MB in memory, enough for 20 MB/s with a round trip of 50 ms. */
export const READ_WINDOW = 32;

/** Codes for which fewer simultaneous reads do not help: no such file, no permission. */
const FINAL = [2, 3];

/** A part of the file, in the order of their positions. */
interface Piece {
  position: number;
  bytes: Promise<Buffer>;
}

/**
 * Downloads a file with several simultaneous reads, and yields its parts in their order. If the server refuses one of
 * several reads, it gets one read at a time from there on. Leaving the loop early closes the file.
 * @param window the maximum number of simultaneous reads
 */
export async function* readPipelined(
  requests: SftpRequests,
  path: string,
  window = READ_WINDOW,
): AsyncGenerator<Buffer, void> {
  const handle = await requests.open(path, 'r');
  let pieces: Piece[] = [];
  let next = 0;
  let most = window;
  const begin = () => {
    const bytes = readWhole(requests, handle, next);
    bytes.catch(() => undefined); // if it matters, it is awaited below
    pieces.push({ position: next, bytes });
    next += PACKET;
  };
  try {
    for (;;) {
      while (pieces.length < most) begin();
      const { position, bytes } = pieces.shift()!;
      try {
        const found = await bytes;
        if (found.length > 0) yield found;
        if (found.length < PACKET) break; // the file ends here
      } catch (error) {
        if (most === 1 || !(error instanceof StatusError) || isStatus(error, ...FINAL)) throw error;
        await Promise.allSettled(pieces.map((piece) => piece.bytes));
        [pieces, next, most] = [[], position, 1];
      }
    }
  } finally {
    // The file was only read, so a failure of its end does not matter. The reads under way are answered before.
    await requests.close(handle).catch(() => undefined);
  }
}

/** Reads one packet. Less than that means that the file ends there. */
async function readWhole(requests: SftpRequests, handle: Buffer, position: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(PACKET);
  let length = 0;
  while (length < PACKET) {
    const more = await requests.read(handle, buffer.subarray(length), position + length);
    if (more === 0) break;
    length += more;
  }
  return buffer.subarray(0, length);
}
