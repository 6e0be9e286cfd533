import { Context } from '@temporalio/activity';

/** Between heartbeats, in milliseconds; well within the workflow's heartbeat time-out. */
const BEAT = 3_000;

/** How far each running activity has come, to be told again with every beat. */
const rowsDone = new WeakMap<Context, number>();

/** Aborted when the activity is cancelled or its worker shuts down. */
export function cancellation(): AbortSignal {
  return Context.current().cancellationSignal;
}

/**
 * A way to tell Temporal how far a loop over rows has come. Only for display and liveness: nothing resumes from it.
 * Taken where the activity begins: what a stream calls back runs in the context of whoever opened its connection, so in
 * none, or in another activity's.
 */
export function progress(): (rows: number) => void {
  const context = Context.current();
  return (rows) => {
    rowsDone.set(context, rows);
    context.heartbeat({ rows });
  };
}

/**
 * Heartbeats for as long as an activity runs, rows or not: a query may think for minutes before its first row. A
 * peer that hangs is not hidden by that, as every wait has a bound of its own: time-outs on calls to Actito, the
 * statement time-out and TCP keep-alive of both databases, the watch for progress of file servers.
 */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = () => context.heartbeat({ rows: rowsDone.get(context) });
  beat();
  const timer = setInterval(beat, BEAT);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/**
 * Waits for set-based SQL, which knex cannot interrupt: cancellation stops the wait, not the statement. What the
 * statement still writes is fenced.
 */
export async function untilCancelled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined); // after a cancellation nobody waits for it any more
  return Promise.race([work, Context.current().cancelled]);
}
