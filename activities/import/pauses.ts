import { Failure } from '../../contract/failure.ts';
import type { Chunk } from '../../state/imports/chunks.ts';
import { isRefusedForToday, readImports, type ImportRow } from '../../state/imports/imports.ts';
import { fenced } from '../../state/runs/lease.ts';
import { lineUp } from '../../state/imports/import-line.ts';
import type { ImportJob } from './job.ts';

/**
 * Every try whose answer is lost may have started an import, and counts against the day's quota of all activations:
 * the first is repeated soon, the next ones after 5, 10, 20 … minutes.
 */
export async function afterLostAnswer(job: ImportJob, chunk: Chunk, failure: Failure): Promise<Failure> {
  const lost = (await triesOf(job, chunk)).filter(({ status }) => status === 'intended').length;
  if (lost < 2) return failure;
  return new Failure(failure.type, failure.message, { retryAfter: 5 * 60_000 * 2 ** Math.min(lost - 2, 3) });
}

/** After a 429: a crowd of calls passes within seconds, what lasts is the day's quota; 2, 8, 32, 128 … seconds. */
export async function afterRefusal(job: ImportJob, chunk: Chunk, failure: Failure): Promise<Failure> {
  const tries = await triesOf(job, chunk);
  const refused = tries.length - 1 - tries.findLastIndex(({ limited }) => !limited);
  const retryAfter = 2_000 * 4 ** Math.min(refused - 1, 3);
  return new Failure(failure.type, failure.message, { retryAfter, notDone: true });
}

/** True when Actito takes no more imports today; the activation then waits in line. */
export async function isGivenUp({ state, ref, quotaKey, run }: ImportJob): Promise<boolean> {
  if (!(await isRefusedForToday(state, quotaKey))) return false;
  if (!run.plan.retriesAlone) await fenced(state, ref, (trx) => lineUp(trx, ref.run, quotaKey));
  return true;
}

/** True when this run has seen that Actito takes no more imports today: it need not prepare the file again. */
export async function wasGivenUp(job: ImportJob, chunk: Chunk): Promise<boolean> {
  const last = (await triesOf(job, chunk)).at(-1);
  return last !== undefined && last.limited && (await isGivenUp(job));
}

async function triesOf({ state, ref }: ImportJob, chunk: Chunk): Promise<ImportRow[]> {
  return (await readImports(state, ref.run)).filter((row) => row.chunk === chunk.no);
}
