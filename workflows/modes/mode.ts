import type { Step } from '../steps.ts';
import type { ModeWords } from '../story/page.ts';

/** A way to run an activation. Every run opens before its steps, and settles and closes after them, however they end. */
export interface RunMode {
  steps: readonly Step[];
  words: ModeWords;
}

/** The words of modes that deliver a list. */
export const DELIVERING: ModeWords = {
  label: '',
  list: (push) => (push === null ? 'not pushed: unchanged and valid' : `pushed: ${push}`),
};
