import * as step from '../steps.ts';
import { DELIVERING, type RunMode } from './mode.ts';

/** Puts the list back to how it was after an earlier run. Attributes stay as they are. */
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
