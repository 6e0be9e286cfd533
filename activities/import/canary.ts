import { Failure } from '../../activation/failures.ts';
import { matchLimit, matchesTooFew } from '../../activation/match-rate.ts';
import { isCanary, readChunks } from '../../state/imports/chunks.ts';
import { matchesOfRun } from '../../state/plan/match-rate.ts';
import { chunksToSend } from './chunks-to-send.ts';
import { collectResults } from './collect-results.ts';
import type { ImportJob } from './job.ts';
import { sendChunk } from './send-chunk.ts';

/**
 * Sends the canary before anyone else, if there is one.
 * @returns whether it has to wait for an import: then so must all others, also those that would share somebody else's
 * @throws Failure MatchTooLow, and all that importing throws
 */
export async function sendCanary(job: ImportJob): Promise<'done' | 'deferred'> {
  const canary = (await readChunks(job.state, job.ref.run)).find(isCanary);
  if (!canary) return 'done';
  const isDue = (await chunksToSend(job)).some(({ no }) => no === canary.no);
  if (isDue && (await sendChunk(job, canary)) === 'deferred') return 'deferred';
  await collectResults(job);
  await requireMatches(job);
  return 'done';
}

/**
 * Stops the run when Actito knows too few of those who enter the list. Not asked again once someone has approved it.
 * @throws Failure MatchTooLow
 */
export async function requireMatches({ state, run }: ImportJob): Promise<void> {
  const limit = matchLimit(run.definition.activation);
  if (!limit || run.plan.approved?.guards.includes('minMatchRatio')) return;
  const matches = await matchesOfRun(state, run.run);
  if (!matchesTooFew(limit, matches)) return;
  throw new Failure(
    'MatchTooLow',
    `Actito took ${matches.judged - matches.missed} of ${matches.judged} members who enter the list.`,
  );
}
