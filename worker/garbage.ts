import { getHeapStatistics } from 'node:v8';

/** Milliseconds between two looks: an import of 80 MB may pass in 150. */
const EVERY = 25;
const MB = 2 ** 20;
/** So much more in buffers than after the last collection is worth a quick one, of a few milliseconds. */
const YOUNG = 8 * MB;
/** So much more than after the last thorough one, of about 50 ms, is worth another. */
const OLD = 16 * MB;

type Collect = (options?: { type: 'minor' }) => void;

/**
 * Collects garbage while rows pass, if Node was started with --expose-gc, as `npm start` does. Buffers of sockets, files
 * and batches lie outside V8's heap, and do not urge it to collect: of millions of rows they would stay for long, and take as
 * much memory as everything else.
 * @returns ends it
 */
export function collectGarbage(): () => void {
  const { gc } = globalThis as { gc?: Collect };
  if (!gc) return () => undefined;
  let young = outside();
  let old = young;
  const timer = setInterval(() => {
    const now = outside();
    young = Math.min(young, now);
    old = Math.min(old, now);
    if (now < young + YOUNG) return;
    gc({ type: 'minor' });
    young = outside();
    if (young < old + OLD) return;
    gc();
    young = old = outside();
  }, EVERY);
  timer.unref();
  return () => clearInterval(timer);
}

/** Bytes that V8 knows of outside its heap. */
function outside(): number {
  return getHeapStatistics().external_memory;
}
