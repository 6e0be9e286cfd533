import { Context } from '@temporalio/activity';

/** Between heartbeats, in milliseconds; well within the workflow's heartbeat time-out. */
const BEAT = 3_000;

/** What a heartbeat tells: how far the activity has come, or until when it waits for a peer that has failed. */
type Beat = { rows?: number } | { waitsUntil: string };

/** The last one of each running activity, to be told again with every beat. */
const lastBeats = new WeakMap<Context, Beat>();

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
 * Heartbeats for as long as an activity runs, rows or not: a query may think for minutes before its first row. A
 * peer that hangs is not hidden by that, as every wait has a bound of its own: time-outs on calls to Actito, the
 * statement time-out and TCP keep-alive of both databases, the watch for progress of file servers.
 */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = () => context.heartbeat(lastBeats.get(context) ?? {});
  const done = work(); // first: if it waits for a peer, the first heartbeat says so; later ones reach Temporal after seconds
  beat();
  const timer = setInterval(beat, BEAT);
  try {
    return await done;
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
