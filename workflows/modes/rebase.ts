import * as step from '../steps.ts';
import type { RunMode } from './mode.ts';

/** Takes the segment for what Actito has, for example after the state database was lost. Nothing is sent. */
export const rebase: RunMode = {
  steps: [step.compareSegment, step.makePlan, step.askGuards, step.assumeSegment],
  words: {
    label: 'rebase',
    list: () => 'not pushed: the next run does',
    attributes: 'none sent',
  },
};
