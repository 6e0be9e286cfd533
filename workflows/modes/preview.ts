import * as step from '../steps.ts';
import type { RunMode } from './mode.ts';

/** Plans what another mode would do. Guards are reported but hold nothing. */
export const preview: RunMode = {
  steps: [step.readProfiles, step.compareSegment, step.makePlan],
  words: {
    label: 'dry run',
    list: (push) => (push === null ? 'would not be delivered' : `would be delivered: ${push}`),
  },
};
