import { Context } from '@temporalio/activity';

/** Milliseconds between heartbeats; much shorter than the workflow's heartbeat timeout. */
const BEAT = 3_000;

/** The content of a heartbeat: the progress of the activity, or until when it waits for a peer that has failed. */
type Beat = { rows?: number } | { waitsUntil: string };

/** The last heartbeat of each running activity, which is repeated at every interval. */
const lastBeats = new WeakMap<Context, Beat>();

/** Aborted when the activity is cancelled or its worker shuts down. */
export function cancellation(): AbortSignal {
  return Context.current().cancellationSignal;
}

/**
 * Returns a function that reports to Temporal how many rows a loop has processed. It is only for display and liveness:
 * nothing resumes from it. Call it at the start of the activity, because the callbacks of a stream run in the context
 * in which its connection was opened, which can be none or another activity's.
 */
export function progress(): (rows: number) => void {
  const context = Context.current();
  return (rows) => {
    lastBeats.set(context, { rows });
    context.heartbeat({ rows });
  };
}

/** Tells Temporal until when the activity waits; the command line shows it as the time of the next attempt. */
export function reportWaiting(until: Date): void {
  const context = Context.current();
  const beat = { waitsUntil: until.toISOString() };
  lastBeats.set(context, beat);
  context.heartbeat(beat);
}

/**
 * Sends heartbeats while an activity runs, even without rows: a query may run for minutes before its first row. This
 * does not hide a peer that hangs, because every wait has its own limit: timeouts on calls to Actito, the statement
 * timeout and TCP keep-alive of both databases, the progress timeout of file servers.
 */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = () => context.heartbeat(lastBeats.get(context) ?? {});
  const done = work(); // first: if it waits for a peer, the first heartbeat says so
  beat();
  const timer = setInterval(beat, BEAT);
  try {
    return await done;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Waits for an SQL statement, which knex cannot interrupt. A cancellation stops the wait and not the statement. The
 * fence covers what the statement still writes.
 */
export async function untilCancelled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined); // after a cancellation, its error is ignored
  return Promise.race([work, Context.current().cancelled]);
}
