import { FAILURE_TYPES, type FailureType } from '../../contract/failure.ts';

/** Not tried again within a run, and yet nothing that someone has to mend: the next run may do better. */
const PASSING: FailureType[] = ['RunSuperseded', 'PlanStale', 'PlanUnknown', 'ActivationBusy'];

/** Whether a failure stays until someone mends it. One that is no word of ours is not judged. */
export function isLasting(word: string): boolean {
  if (!Object.hasOwn(FAILURE_TYPES, word)) return false;
  return !FAILURE_TYPES[word as FailureType].retryable && !PASSING.includes(word as FailureType);
}
