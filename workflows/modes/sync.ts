import * as step from '../steps.ts';
import { DELIVERING, type RunMode } from './mode.ts';

/** Updates list and attributes in Actito to match the segment, and sends only differences. */
export const sync: RunMode = {
  steps: [
    step.readProfiles,
    step.compareSegment,
    step.makePlan,
    step.askGuards,
    step.provisionInActito,
    step.sendAttributes,
    step.deliverList,
    step.confirmDelivery,
    step.followImport,
  ],
  words: DELIVERING,
};
