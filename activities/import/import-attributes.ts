import { activityInfo } from '@temporalio/activity';
import type { Knex } from 'knex';
import { Failure, isFailure } from '../../contract/failure.ts';
import { assignChunks } from '../../state/imports/chunks.ts';
import { fenced, oneAtATime } from '../../state/runs/lease.ts';
import { requireProvisioned } from '../../state/lists/provisioned.ts';
import { keySeeds } from '../../activation/comparison/marks.ts';
import { readAcknowledged } from '../../state/acknowledged.ts';
import { readPlanned, type PlannedRun } from '../../state/runs/runs.ts';
import { dissolve } from '../../state/imports/shared-imports.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { cancellation } from '../progress.ts';
import type { RunRef } from '../../contract/steps.ts';
import { sendCanary } from './canary.ts';
import { chunksToSend } from './chunks-to-send.ts';
import { collectResults } from './collect-results.ts';
import type { ImportJob } from './job.ts';
import { sendChunk } from './send-chunk.ts';

/** How the attributes fared; members are counted when the run settles. */
export interface ImportSummary {
  imports: number;
  /** Chunks that have to wait because the day's quota of imports is used up. */
  deferredChunks: number;
}

/**
 * Sends the attributes of everyone in the delta and waits for Actito's results. However often it is tried, it goes
 * on where the state database says it was: nothing is sent twice unless its answer was lost.
 * @throws Failure ImportPending (come back later), ImportFailed, Actito…
 */
export async function importAttributes(deps: Dependencies, ref: RunRef): Promise<ImportSummary> {
  const { state } = deps;
  const run = await readPlanned(state, ref.run);
  const { seed } = await readAcknowledged(state, run);
  const provisioned = await requireProvisioned(state, run.definition);
  const signal = cancellation();
  const { client, quotaKey } = connectActito(deps, run.definition.destination, signal);
  const execution = activityInfo().workflowExecution!.runId;
  const job: ImportJob = {
    state,
    ref,
    run,
    seeds: keySeeds(seed),
    execution,
    provisioned,
    client,
    quotaKey,
    signal,
  };

  try {
    const canary = await sendCanary(job);
    if (canary === 'held') {
      await dissolve(state, ref); // nobody else is sent, and nobody waits for this run
      return { imports: 1, deferredChunks: 0 };
    }
    const deferredChunks = canary === 'deferred' ? (await chunksToSend(job)).length : await sendAll(job);
    if (deferredChunks > 0) await dissolve(state, ref);
    return { imports: await collectResults(job), deferredChunks };
  } catch (error) {
    // Nobody is to wait for a leader that gives up.
    const givesUp = isFailure(error) && !error.retryable && error.type !== 'RunSuperseded';
    if (givesUp) await dissolve(state, ref).catch(() => undefined); // they notice by themselves, only later
    throw error;
  }
}

/** Sends every chunk that no live import stands for; rows that were set aside on the way get chunks of their own. */
async function sendAll(job: ImportJob): Promise<number> {
  const { state, ref } = job;
  const shares = job.run.definition.destination.imports?.shareWithin !== undefined;
  let deferred: number;
  let overtaken: boolean;
  let waits: number[];
  do {
    deferred = 0;
    overtaken = false;
    waits = [];
    for (const chunk of await chunksToSend(job)) {
      // After the first refusal by the quota there is no point in preparing more files, but of those that others pay for.
      const sent = deferred > 0 && !shares ? 'deferred' : await sendChunk(job, chunk);
      if (sent === 'deferred') deferred++;
      if (typeof sent === 'number') waits.push(sent);
      overtaken = sent === 'overtaken';
      if (overtaken) break;
    }
  } while ((await fenced(state, ref, (trx) => assignNow(trx, job.run))) > 0 || overtaken);
  if (waits.length > 0) {
    throw new Failure('ImportPending', 'The import waits for other activations that share it.', {
      retryAfter: Math.min(...waits),
    });
  }
  return deferred;
}

async function assignNow(trx: Knex, run: PlannedRun): Promise<number> {
  await oneAtATime(trx, run.run); // an attempt that was given up may still set rows aside
  return assignChunks(trx, run);
}
