/** Ctrl-C, and the other ways to ask a process to end. Only the first is heard: npm and tsx repeat them. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What ends a program before its time. */
export interface Interrupt {
  signal: AbortSignal;
  /** Ends it because of an error that nobody is waiting for. */
  fail: (error: unknown) => void;
  /** Waits for `work` until something ends it. @throws the error given to `fail`, else Interrupted */
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
  interrupted.catch(() => undefined); // it may come when nothing is being waited for
  return {
    signal,
    fail: (error) => controller.abort(error),
    orInterrupted: (work) => Promise.race([work, interrupted]),
  };
}
