import { isFailure, Failure } from '../contract/failure.ts';
import type { RunRef } from '../contract/steps.ts';
import { countAgain } from '../state/imports/again.ts';
import { assignChunks, isCanary, readChunks } from '../state/imports/chunks.ts';
import { countUnexplained, readUnsent } from '../state/imports/imports.ts';
import { dissolve } from '../state/imports/sharing.ts';
import { judgeMatches } from '../state/plan/hold.ts';
import { fenced, oneAtATime } from '../state/runs/lease.ts';
import type { Dependencies } from './dependencies.ts';
import { collectResults } from './import/collect.ts';
import { loadJob, type ImportJob } from './import/job.ts';
import { sendChunk } from './import/send.ts';

/** How the attributes fared; members are counted when the run settles. */
export interface ImportSummary {
  imports: number;
  /** Chunks that have to wait because the day's quota of imports is used up. */
  deferredChunks: number;
  /** Imports for rows that Actito had refused for a value, and their members. None: not told. */
  again?: { imports: number; members: number };
  /** Imports with errors that nothing tells row by row, and their members, who are withheld. None: not told. */
  unexplained?: { imports: number; members: number };
}

/**
 * Sends the attributes of everyone in the delta and waits for Actito's results. However often it is tried, it goes
 * on where the state database says it was: nothing is sent twice unless its answer was lost.
 * @throws Failure ImportPending (come back later), ImportFailed, Actito…
 */
export async function importAttributes(deps: Dependencies, ref: RunRef): Promise<ImportSummary> {
  const { state } = deps;
  const job = await loadJob(deps, ref);
  try {
    const canary = await sendCanary(job);
    if (canary === 'held') {
      await dissolve(state, ref); // nobody else is sent, and nobody waits for this run
      return { imports: 1, deferredChunks: 0 };
    }
    let deferredChunks: number;
    let imports: number;
    do {
      deferredChunks = canary === 'deferred' ? (await readUnsent(state, ref.run)).length : await sendAll(job);
      if (deferredChunks > 0) await dissolve(state, ref);
      imports = await collectResults(job);
      // Rows that were refused for a value have chunks now, without it.
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
    // Nobody is to wait for a lead that gives up.
    const givesUp = isFailure(error) && !error.retryable && error.type !== 'RunSuperseded';
    if (givesUp) await dissolve(state, ref).catch(() => undefined); // they notice by themselves, only later
    throw error;
  }
}

/**
 * Sends the canary before anyone else, if there is one.
 * @returns `deferred`: it has to wait for an import, and then so must all others, also those that would share somebody
 *   else's; `held`: Actito knows too few of it
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

/** Gives chunks to rows that were set aside. @returns how many patterns had none */
async function assign({ state, ref, run }: ImportJob): Promise<number> {
  return fenced(state, ref, async (trx) => {
    await oneAtATime(trx, ref.run); // an attempt that was given up may still set rows aside
    return assignChunks(trx, run);
  });
}

/**
 * Sends every chunk that Actito has not taken; rows that were set aside on the way get chunks of their own.
 * @returns how many have to wait for a later run
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
      // After the first refusal by the quota there is no point in preparing more files, but of those that others pay for.
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
