import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Holder } from './runs/lease.ts';
import { rows, type State } from './state.ts';

/** An attempt of an activity that makes calls. */
export interface Caller extends Holder {
  /** The id of its Temporal server; null if unknown. */
  cluster: string | null;
  activityId: string;
  attempt: number;
}

/** Asks Temporal whether an attempt is still running. */
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
  /** The pause between checks for a free slot; randomized, so that waiters do not collide. */
  base: number;
  spread: number;
  /** If a call holds its slot for this long, Temporal is asked about it, and again after the same time. */
  suspicious: number;
  /** No call takes longer: the client ends calls that send or fetch a file after a quarter of an hour. */
  endless: number;
  /** How long a call that is stopped waits for the state to take its slot back. */
  leaving: number;
}
const WAITS: Waits = { base: 20, spread: 60, suspicious: 10_000, endless: 3_600_000, leaving: 2_000 };

/** Slots that could not be released because the state was unavailable. The next call of this process releases them. */
const kept = new WeakMap<State, Set<string>>();

/**
 * Runs `call` while holding one of `slots` slots of a license, which all workers share. A slot is a row, and no
 * connection is held meanwhile. As with a lease, a slot has no expiry: a caller that waits for long asks Temporal about
 * the holders, and takes the slot of an attempt that has ended or was given up, whatever happened to its worker. Only
 * the caller's own Temporal server and namespace can be asked: several may share a state, and none of them knows the
 * attempts of the others.
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
    const givenBack = giveBack(state, [token]); // also after a wait that failed: only the answer may have been lost
    await unlessStopped(givenBack, options.signal, waits.leaving);
  }
}

/**
 * Waits for `work`. After `signal` has stopped the activity, waits at most this number of milliseconds, because the
 * worker has little time left. The work then continues in the background.
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
    await giveBackKept(state); // a call of this same activity is running, as far as Temporal knows
    await freeAbandoned(state, options, waits);
    asked = performance.now();
  }
}

/** @returns false if all are taken, or another caller was faster */
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

/** Releases slots. A failure here must not replace the result or the failure of the call. */
async function giveBack(state: State, tokens: string[]): Promise<void> {
  const left = kept.get(state) ?? new Set();
  kept.set(state, left);
  try {
    await state.raw('delete from call_slots where token = any(cast(? as uuid[]))', [tokens]);
    for (const token of tokens) left.delete(token);
  } catch {
    for (const token of tokens) left.add(token); // the next call of this process releases it
  }
}

async function giveBackKept(state: State): Promise<void> {
  const left = kept.get(state);
  if (left && left.size > 0) await giveBack(state, [...left]);
}

/**
 * Frees the slots of attempts that Temporal reports as ended. Slots of other servers and namespaces are freed when no
 * call can still hold them.
 */
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
