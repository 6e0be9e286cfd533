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

/** Rejects with the code ETIMEDOUT if a promise takes longer. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error('No answer before the timeout.'), { code: 'ETIMEDOUT' });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
