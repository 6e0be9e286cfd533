import { finishExtraction } from '../state/stage.ts';
import type { Run } from '../state/runs/runs.ts';
import { knownColumns, recallList as fillFromLog } from '../state/undo.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from './run-ref.ts';

/**
 * An undo's extraction: fills the stage with the list as it was after the run `to`, from the state. The warehouse is asked
 * nothing, its guards neither.
 */
export async function recallList(
  { state }: Dependencies,
  ref: RunRef,
  { run, extraction, to }: { run: Run; extraction: string; to: string },
): Promise<{ read: number; rejected: number }> {
  const found = await untilCancelled(fillFromLog(state, run, extraction, to));
  const counts = { ...found, rejected: 0 };
  await finishExtraction(state, ref, extraction, {
    columns: await knownColumns(state, run),
    // No segment has it: the next ordinary run compares anew.
    fingerprint: `undo:${extraction}`,
    reasons: {},
    guards: [],
    ...counts,
  });
  return counts;
}
