import { isCanary, readChunks } from '../../state/imports/chunks.ts';
import { judgeMatches } from '../../state/plan/hold.ts';
import { chunksToSend } from './chunks-to-send.ts';
import { collectResults } from './collect-results.ts';
import type { ImportJob } from './job.ts';
import { sendChunk } from './send-chunk.ts';

/**
 * Sends the canary before anyone else, if there is one.
 * @returns `deferred`: it has to wait for an import, and then so must all others, also those that would share somebody
 *   else's; `held`: Actito knows too few of it
 */
export async function sendCanary(job: ImportJob): Promise<'done' | 'deferred' | 'held'> {
  const canary = (await readChunks(job.state, job.ref.run)).find(isCanary);
  if (!canary) return 'done';
  const isDue = (await chunksToSend(job)).some(({ no }) => no === canary.no);
  if (isDue && (await sendChunk(job, canary)) === 'deferred') return 'deferred';
  await collectResults(job);
  const { plan } = await judgeMatches(job.state, job.ref);
  return plan.guards.length > 0 ? 'held' : 'done';
}
