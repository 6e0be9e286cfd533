import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Holder } from './runs/lease.ts';
import { rows, type State } from './state.ts';

/** An attempt of an activity, which makes calls. */
export interface Caller extends Holder {
  /** The id of the Temporal server that knows it; null: that is not known. */
  cluster: string | null;
  activityId: string;
  attempt: number;
}

/** Asks whether an attempt is still under way, as far as Temporal knows. */
export type IsUnderWay = (caller: Caller) => Promise<boolean>;

export interface SlotOptions {
  licence: string;
  slots: number;
  caller: Caller;
  isUnderWay: IsUnderWay;
  signal: AbortSignal;
}

/** In milliseconds. */
interface Waits {
  /** How long to wait before looking for a free slot again; spread so that waiters do not meet. */
  base: number;
  spread: number;
  /** A call that holds its slot for so long is asked about, and again after so long. */
  suspicious: number;
  /** No call takes so long: the client ends those that send or fetch a file after a quarter of an hour. */
  endless: number;
  /** How long a call that is stopped waits for the state to take its slot back. */
  leaving: number;
}
const WAITS: Waits = { base: 20, spread: 60, suspicious: 10_000, endless: 3_600_000, leaving: 2_000 };

/** Slots that could not be given back since the state was away: the next call of this process does it. */
const kept = new WeakMap<State, Set<string>>();

/**
 * Runs `call` while holding one of `slots` slots of a licence, over all workers. A slot is a row, and no connection is held
 * meanwhile. As with a lease, no clock takes it away: who waits for long asks Temporal about those who hold one, and takes the
 * slot of an attempt that has ended or was given up, whatever became of its worker. Only the caller's own Temporal server and
 * namespace can be asked: several may share a state, and none of them knows the attempts of the others.
 */
export async function withSlot<T>(
  state: State,
  options: SlotOptions,
  call: () => Promise<T>,
  waits: Waits = WAITS,
): Promise<T> {
  const token = randomUUID();
  try {
    await waitForSlot(state, options, token, waits);
    return await call();
  } finally {
    const givenBack = giveBack(state, [token]); // also after a wait that failed: the answer that it is ours may be what was lost
    await unlessStopped(givenBack, options.signal, waits.leaving);
  }
}

/**
 * Waits for `work`; once `signal` has stopped the activity, only for so many milliseconds: the worker has little time left. The
 * work goes on without being waited for.
 */
async function unlessStopped(work: Promise<void>, signal: AbortSignal, milliseconds: number): Promise<void> {
  const done = new AbortController();
  const stopped = async () => {
    if (!signal.aborted) await once(signal, 'abort', { signal: done.signal });
    await sleep(milliseconds, undefined, { signal: done.signal });
  };
  const over = stopped().catch((error: unknown) => {
    if (!done.signal.aborted) throw error;
  });
  try {
    await Promise.race([work, over]);
  } finally {
    done.abort();
  }
}

async function waitForSlot(state: State, options: SlotOptions, token: string, waits: Waits): Promise<void> {
  await giveBackKept(state);
  let asked = performance.now();
  while (!(await take(state, options, token))) {
    await sleep(waits.base + Math.random() * waits.spread, undefined, { signal: options.signal });
    if (performance.now() - asked < waits.suspicious) continue;
    await giveBackKept(state); // one of this very activity is under way, for all that Temporal knows
    await freeAbandoned(state, options, waits);
    asked = performance.now();
  }
}

/** @returns false: all are taken, or another was faster */
async function take(state: State, { licence, slots, caller }: SlotOptions, token: string): Promise<boolean> {
  const taken = await rows(
    state,
    `insert into call_slots (licence, slot, token, cluster, namespace, workflow, run, activity, attempt)
     select :licence, slot, cast(:token as uuid), :cluster, :namespace, :workflowId, :runId, :activityId, :attempt
     from generate_series(1, :slots) as slot
     where not exists (select from call_slots taken where taken.licence = :licence and taken.slot = slot.slot)
     order by random() limit 1
     on conflict do nothing returning slot`,
    { licence, slots, token, ...caller },
  );
  return taken.length > 0;
}

/** The call is over, whatever becomes of this: its result must not be lost, nor its failure. */
async function giveBack(state: State, tokens: string[]): Promise<void> {
  const left = kept.get(state) ?? new Set();
  kept.set(state, left);
  try {
    await state.raw('delete from call_slots where token = any(cast(? as uuid[]))', [tokens]);
    for (const token of tokens) left.delete(token);
  } catch {
    for (const token of tokens) left.add(token); // the next call of this process gives it back
  }
}

async function giveBackKept(state: State): Promise<void> {
  const left = kept.get(state);
  if (left && left.size > 0) await giveBack(state, [...left]);
}

/** Frees the slots of attempts that Temporal no longer knows to be under way, and of others those that no call can still hold. */
async function freeAbandoned(
  state: State,
  { licence, caller, isUnderWay }: SlotOptions,
  { suspicious, endless }: Waits,
): Promise<void> {
  const held = await rows<Caller & { token: string; isOurs: boolean; isOver: boolean }>(
    state,
    `select token, cluster, namespace, workflow as "workflowId", run as "runId", activity as "activityId", attempt,
            namespace = :namespace and coalesce(cluster = :cluster, true) as "isOurs",
            taken_at <= now() - :endless * interval '1 millisecond' as "isOver"
     from call_slots where licence = :licence and taken_at <= now() - :suspicious * interval '1 millisecond'`,
    { licence, suspicious, endless, namespace: caller.namespace, cluster: caller.cluster },
  );
  const abandoned: string[] = [];
  for (const { token, isOurs, isOver, ...holder } of held)
    if (isOurs ? !(await isUnderWay(holder)) : isOver) abandoned.push(token);
  if (abandoned.length > 0)
    await state.raw('delete from call_slots where token = any(cast(? as uuid[]))', [abandoned]);
}
