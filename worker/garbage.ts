import { getHeapStatistics } from 'node:v8';

/** Milliseconds between checks: an import of 80 MB can take only 150. */
const EVERY = 25;
const MB = 2 ** 20;
/** If buffers grew by this much since the last collection, a quick one of a few milliseconds is worthwhile. */
const YOUNG = 8 * MB;
/** If they grew by this much since the last full one, which takes about 50 ms, another is worthwhile. */
const OLD = 16 * MB;

type Collect = (options?: { type: 'minor' }) => void;

/**
 * Collects garbage while rows are processed, if Node was started with --expose-gc, as `npm start` does. Buffers of
 * sockets, files and batches are outside V8's heap, and do not cause collections. With millions of rows they would stay
 * for long, and use as much memory as everything else.
 * @returns a function that stops it
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

/** Returns the bytes outside V8's heap that V8 knows about. */
function outside(): number {
  return getHeapStatistics().external_memory;
}
