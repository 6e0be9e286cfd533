import { isFailure, Failure } from '../contract/failure.ts';
import type { RunRef } from '../contract/steps.ts';
import { countAgain, countUnexplained } from '../state/imports/again.ts';
import { assignChunks, isCanary, readChunks } from '../state/imports/chunks.ts';
import { readUnsent } from '../state/imports/imports.ts';
import { dissolve } from '../state/imports/sharing.ts';
import { judgeMatches } from '../state/plan/hold.ts';
import { fenced, oneAtATime } from '../state/runs/lease.ts';
import type { Dependencies } from './dependencies.ts';
import { collectResults } from './import/collect.ts';
import { loadJob, type ImportJob } from './import/job.ts';
import { sendChunk } from './import/send.ts';

/** The result of the imports. Members are counted when the run settles. */
export interface ImportSummary {
  imports: number;
  /** Chunks that must wait because the day's quota of imports is used up. */
  deferredChunks: number;
  /**
   * Repeated imports of rows that Actito had rejected because of a value, and their members. Undefined if there are
   * none.
   */
  again?: { imports: number; members: number };
  /**
   * Imports with errors that Actito does not explain by row, and their members, who are not confirmed. Undefined if
   * there are none.
   */
  unexplained?: { imports: number; members: number };
}

/**
 * Sends the attributes of all members in the delta and waits for Actito's results. Every attempt continues where the
 * state database says the last one stopped. Nothing is sent twice unless its answer was lost.
 * @throws Failure ImportPending (try again later), ImportFailed, Actito…
 */
export async function importAttributes(deps: Dependencies, ref: RunRef): Promise<ImportSummary> {
  const { state } = deps;
  const job = await loadJob(deps, ref);
  try {
    const canary = await sendCanary(job);
    if (canary === 'held') {
      await dissolve(state, ref); // no other member is sent, and no other run waits for this one
      return { imports: 1, deferredChunks: 0 };
    }
    let deferredChunks: number;
    let imports: number;
    do {
      deferredChunks = canary === 'deferred' ? (await readUnsent(state, ref.run)).length : await sendAll(job);
      if (deferredChunks > 0) await dissolve(state, ref);
      imports = await collectResults(job);
      // Rows that were rejected because of a value now have chunks without that value.
    } while ((await assign(job)) > 0 && deferredChunks === 0);
    const again = await countAgain(state, ref.run);
    const unexplained = await countUnexplained(state, ref.run);
    return {
      imports,
      deferredChunks,
      ...(again.imports > 0 ? { again } : {}),
      ...(unexplained.imports > 0 ? { unexplained } : {}),
    };
  } catch (error) {
    // Other runs must not wait for a lead that gives up.
    const givesUp = isFailure(error) && !error.retryable && error.type !== 'RunSuperseded';
    if (givesUp) await dissolve(state, ref).catch(() => undefined); // they notice it themselves, but later
    throw error;
  }
}

/**
 * Sends the canary first, if there is one.
 * @returns `deferred` if it must wait for an import; then all other chunks wait too, also those that would share
 *   another run's import. `held` if Actito matches too few members of it
 */
async function sendCanary(job: ImportJob): Promise<'done' | 'deferred' | 'held'> {
  const { state, ref } = job;
  if (!(await readChunks(state, ref.run)).some(isCanary)) return 'done';
  const canary = (await readUnsent(state, ref.run)).find(isCanary);
  if (canary && (await sendChunk(job, canary)).kind === 'deferred') return 'deferred';
  await collectResults(job);
  const { plan } = await judgeMatches(state, ref);
  return plan.guards.length > 0 ? 'held' : 'done';
}

/** Gives chunks to rows that were set aside. @returns how many patterns had no chunk */
async function assign({ state, ref, run }: ImportJob): Promise<number> {
  return fenced(state, ref, async (trx) => {
    await oneAtATime(trx, ref.run); // a previous attempt may still set rows aside
    return assignChunks(trx, run);
  });
}

/**
 * Sends every chunk that Actito has not accepted. Rows that were set aside meanwhile get their own chunks.
 * @returns how many chunks must wait for a later run
 */
async function sendAll(job: ImportJob): Promise<number> {
  const { state, ref, run } = job;
  const shares = run.definition.destination.imports?.shareWithin !== undefined;
  let deferred: number;
  let overtaken: boolean;
  let waits: number[];
  let assigned: number;
  do {
    deferred = 0;
    overtaken = false;
    waits = [];
    for (const chunk of await readUnsent(state, ref.run)) {
      // After the first refusal by the quota, only chunks in other runs' files are still worth preparing.
      const skip = deferred > 0 && !shares;
      const sent = skip ? ({ kind: 'deferred' } as const) : await sendChunk(job, chunk);
      if (sent.kind === 'deferred') deferred++;
      if (sent.kind === 'waits') waits.push(sent.forMs);
      overtaken = sent.kind === 'overtaken';
      if (overtaken) break;
    }
    assigned = await assign(job);
  } while (assigned > 0 || overtaken);
  if (waits.length > 0) {
    throw new Failure('importShared', {}, { retryAfter: Math.min(...waits) });
  }
  return deferred;
}
