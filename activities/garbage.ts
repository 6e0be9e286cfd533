/** From so many rows on, what is left of a comparison or of an import file is worth collecting before long. */
export const LARGE = 100_000;

/** Milliseconds: by then the run goes on elsewhere, or has ended. */
const SOON = 1_000;
let planned: NodeJS.Timeout | undefined;

/**
 * Collects garbage soon, if Node was started with --expose-gc, as `npm start` does. Buffers lie outside V8's heap and do not
 * urge it to collect: after millions of rows they would stay for minutes, as much memory as everything else. Takes about 50 ms.
 */
export function collectGarbage(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc || planned) return;
  planned = setTimeout(() => {
    planned = undefined;
    gc();
  }, SOON);
  planned.unref();
}
