import { z } from 'zod';
import type { Counts } from './counts.ts';
import { activationId, planHash, text } from './fields.ts';
import { expected } from './messages/expected.ts';
import type { RunRequest } from './request.ts';

export const DECIDE_WORKFLOW_TYPE = 'decide';

const common = {
  activation: activationId,
  /** The hash of the held plan. */
  plan: planHash,
  reason: text(200),
  by: text(100).default('unknown'),
};

/** The one argument of `decide`: what someone decides about a held plan. */
export const decisionSchema = z.discriminatedUnion(
  'decision',
  [
    z.strictObject({
      decision: z.literal('approve'),
      ...common,
      /** Start a run at once; without it, the approval counts for the next run. */
      run: z.boolean({ error: expected('trueOrFalse') }).default(true),
    }),
    z.strictObject({ decision: z.literal('decline'), ...common }),
  ],
  { error: expected('choice', { values: ['approve', 'decline'] }) },
);
export type DecisionInput = z.input<typeof decisionSchema>;
export type DecisionRequest = z.output<typeof decisionSchema>;

/** A run that `decide` has started: it goes on by itself. */
export interface DecidedRun {
  workflowId: string;
  runId: string;
  request: RunRequest;
}

/** The result of `decide`. */
export interface DecisionResult {
  decision: DecisionRequest['decision'];
  activation: string;
  /** The hash of the plan. */
  plan: string;
  by: string;
  reason: string;
  /** What the plan counted. */
  counts: Counts;
  /** The run that applies what was approved; null: none was wanted, or another one is running. */
  run: DecidedRun | null;
}

/** The workflow id of a decision: whoever decides the same at the same time gets the same answer. */
export function decisionWorkflowId({
  decision,
  activation,
  plan,
}: Pick<DecisionInput, 'decision' | 'activation' | 'plan'>): string {
  return `${decision}/${activation}/${plan}`;
}
