import { z } from 'zod';
import { expected } from './messages/expected.ts';

export const FORGET_WORKFLOW_TYPE = 'forgetPerson';

/** The argument of `forgetPerson`: the number of a record in the state. The key itself must not reach Temporal. */
export const forgetSchema = z.strictObject({
  record: z.int(expected('record')).min(1, expected('recordNumber')),
});
export type ForgetRequest = z.output<typeof forgetSchema>;

/** The workflow id of an erasure. Requests for the same person at the same time follow the same erasure. */
export function forgetWorkflowId({ record }: ForgetRequest): string {
  return `forget/${record}`;
}

/** The rows of a person that were found and erased in one activation. */
export interface Erased {
  members: number;
  /** How many of them were on the last delivered list. */
  listed: number;
  /** Rows in other tables, by table. */
  others: Record<string, number>;
}

export type ErasedIn = Erased & { activation: string };

/** The result of `forgetPerson`. */
export interface ForgetResult {
  record: number;
  activations: ErasedIn[];
}
