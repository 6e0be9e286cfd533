import { type EventEmitter, once } from 'node:events';

/** Waits until a stream takes more, or until its reader has left, which `left` tells. Leaves no listener behind. */
export async function hasRoom(stream: EventEmitter, left = 'close'): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, left, { signal })]);
  } finally {
    over.abort();
  }
}
