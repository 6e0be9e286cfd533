import type { Step } from '../steps.ts';
import type { ModeWords } from '../story/page.ts';

/** A mode of a run. Every run opens before its steps, and settles and closes after them, whatever their result. */
export interface RunMode {
  steps: readonly Step[];
  words: ModeWords;
}

/** Words for modes that deliver a list. */
export const DELIVERING: ModeWords = {
  label: '',
  list: (push) => (push === null ? 'not delivered: unchanged and still valid' : `delivered: ${push}`),
};
