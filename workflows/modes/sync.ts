import * as step from '../steps.ts';
import { DELIVERING, type RunMode } from './mode.ts';

/** Makes list and attributes in Actito what the segment says, and sends only what differs. */
export const sync: RunMode = {
  steps: [
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
