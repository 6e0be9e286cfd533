import * as step from '../steps.ts';
import type { RunMode } from './mode.ts';

/** Assumes that Actito matches the segment, for example after the state database was lost. Sends nothing. */
export const rebase: RunMode = {
  steps: [step.readProfiles, step.compareSegment, step.makePlan, step.askGuards, step.assumeSegment],
  words: {
    label: 'rebase',
    list: () => 'not delivered: the next run delivers it',
    attributes: 'none sent',
  },
};
