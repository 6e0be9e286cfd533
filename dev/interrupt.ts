/** Ctrl-C, and other signals to end a process. Only the first one counts, because npm and tsx repeat them. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends a program early. */
export interface Interrupt {
  signal: AbortSignal;
  /** Ends it because of an error that no caller awaits. */
  fail: (error: unknown) => void;
  /** Waits for `work` until something ends it. @throws the error given to `fail`, otherwise Interrupted */
  orInterrupted: <T>(work: Promise<T>) => Promise<T>;
}

export class Interrupted extends Error {
  override name = 'Interrupted';
}

export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  for (const name of SIGNALS) process.on(name, () => controller.abort(new Interrupted(name)));
  const { signal } = controller;
  const interrupted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error)),
  );
  interrupted.catch(() => undefined); // an error can arrive while nothing awaits it
  return {
    signal,
    fail: (error) => controller.abort(error),
    orInterrupted: (work) => Promise.race([work, interrupted]),
  };
}
