/** The maximum waits, in milliseconds. */
export interface Timeouts {
  /** For a connection. */
  connect: number;
  /** For an answer, and between two pieces of one. */
  answer: number;
  /** The time after the statement timeout within which a running server would have ended the job. */
  beyond: number;
  /** For the end of a job that is canceled. */
  cancel: number;
  /** The first pause before a call is repeated; the next one is twice as long. */
  pause: number;
}
export const TIMEOUTS: Timeouts = {
  connect: 10_000,
  answer: 60_000,
  beyond: 10_000,
  cancel: 10_000,
  pause: 500,
};

/** Rejects with the code ETIMEDOUT if a promise takes longer, and with the reason of the signal when that is aborted. */
export async function within<T>(milliseconds: number, promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  let stop = () => {};
  const ended = new Promise<never>((_, reject) => {
    const late = () =>
      reject(Object.assign(new Error('No answer before the timeout.'), { code: 'ETIMEDOUT' }));
    const timer = setTimeout(late, milliseconds);
    const abort = () => reject(signal!.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    stop();
  }
}
