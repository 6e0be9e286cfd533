import { z } from 'zod';
import type { Counts } from './counts.ts';
import { activationId, planHash, text } from './fields.ts';

export const REFUSE_WORKFLOW_TYPE = 'refusePlan';

/** The one argument of `refusePlan`: someone decides that a held plan must not be applied. */
export const refusalSchema = z.strictObject({
  activation: activationId,
  plan: planHash,
  reason: text(200),
  by: text(100).default('unknown'),
});
export type RefusalInput = z.input<typeof refusalSchema>;
export type Refusal = z.output<typeof refusalSchema>;

/** The result of `refusePlan`. */
export interface RefusalResult {
  activation: string;
  /** The hash of the plan. */
  refused: string;
  by: string;
  reason: string;
  /** What the plan counted. */
  counts: Counts;
}

/** The workflow id of a refusal. */
export function refusalWorkflowId({ activation, plan }: Pick<RefusalInput, 'activation' | 'plan'>): string {
  return `refuse/${activation}/${plan}`;
}
