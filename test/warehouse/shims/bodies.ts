import { once } from 'node:events';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import type { Chunk } from './chunks.ts';
import type { FaultState } from './faults.ts';

/** Sends the stored bytes of a chunk, which are compressed; the headers must be written. */
export async function sendStored(response: ServerResponse, chunk: Chunk, faults: FaultState): Promise<void> {
  await send(response, Readable.from(slices(chunk.body)), faults);
}

/** Sends a chunk without compression, with texts around it. */
export async function sendPlain(
  response: ServerResponse,
  chunk: Chunk,
  faults: FaultState,
  around: { before: string; after: string } = { before: '', after: '' },
): Promise<void> {
  const body = async function* () {
    yield Buffer.from(around.before);
    yield* Readable.from(slices(chunk.body)).pipe(createGunzip()) as AsyncIterable<Buffer>;
    yield Buffer.from(around.after);
  };
  await send(response, Readable.from(body()), faults);
}

function* slices(body: Buffer): Iterable<Buffer> {
  for (let start = 0; start < body.length; start += 1 << 16) yield body.subarray(start, start + (1 << 16));
}

async function send(response: ServerResponse, body: Readable, faults: FaultState): Promise<void> {
  try {
    await pipeline(body, faulty(faults, response), response);
  } catch (error) {
    if (!response.destroyed) throw error; // otherwise the client has gone, or a fault cut it
  }
}

/** Passes bytes on until a fault cuts, ends or holds them. */
function faulty(faults: FaultState, response: ServerResponse): Transform {
  const breakOff = faults.takeBreak();
  let sent = 0;
  const through = async (part: Buffer, push: (part: Buffer) => void): Promise<void> => {
    const limit = breakOff?.afterBytes ?? faults.current.holdAfter ?? Infinity;
    const allowed = part.subarray(0, Math.max(0, limit - sent));
    sent += allowed.length;
    if (allowed.length > 0) push(allowed);
    if (allowed.length === part.length) return;
    if (breakOff?.cleanly) return;
    if (breakOff) return cut(response);
    await once(faults, 'change');
    push(part.subarray(allowed.length));
  };
  return new Transform({
    transform(part: Buffer, _, done) {
      through(part, (allowed) => this.push(allowed)).then(() => done(), done);
    },
  });
}

/** Cuts the connection after what was written has reached the client's socket. */
async function cut(response: ServerResponse): Promise<never> {
  await new Promise((resolve) => setImmediate(resolve)); // lets the bytes before the cut leave
  response.destroy();
  throw new Error('cut by a fault');
}
