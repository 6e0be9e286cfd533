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

/** The input of `decide`: a decision about a held plan. */
export const decisionSchema = z.discriminatedUnion(
  'decision',
  [
    z.strictObject({
      decision: z.literal('approve'),
      ...common,
      /** Start a run immediately; otherwise, the approval applies to the next run. */
      run: z.boolean({ error: expected('trueOrFalse') }).default(true),
    }),
    z.strictObject({ decision: z.literal('decline'), ...common }),
  ],
  { error: expected('choice', { values: ['approve', 'decline'] }) },
);
export type DecisionInput = z.input<typeof decisionSchema>;
export type Decision = DecisionInput['decision'];
export type DecisionRequest = z.output<typeof decisionSchema>;

/** A run that `decide` has started; it continues independently. */
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
  /** The run that applies the approved plan; null: none was requested, or another run is in progress. */
  run: DecidedRun | null;
}

/** An input of `decide` as JSON, in which only the reason is missing. */
export function decisionInput(decision: Decision, activation: string, plan: string): string {
  return JSON.stringify({ activation, plan, decision, reason: '…' } satisfies DecisionInput);
}

/** The workflow id of a decision. Two people who make the same decision at the same time get the same result. */
export function decisionWorkflowId({
  decision,
  activation,
  plan,
}: Pick<DecisionInput, 'decision' | 'activation' | 'plan'>): string {
  return `${decision}/${activation}/${plan}`;
}
