import * as step from '../steps.ts';
import { DELIVERING, type RunMode } from './mode.ts';

/** Restores the list after an earlier run. Attributes are not changed. */
export const undo: RunMode = {
  steps: [
    step.compareSegment,
    step.makePlan,
    step.askGuards,
    step.provisionInActito,
    step.deliverList,
    step.confirmDelivery,
  ],
  words: DELIVERING,
};
