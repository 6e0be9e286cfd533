import { z } from 'zod';
import { expected } from './messages/expected.ts';

export const FORGET_WORKFLOW_TYPE = 'forgetPerson';

/** The one argument of `forgetPerson`: the number of a record in the state. Never the key, which must not reach Temporal. */
export const forgetSchema = z.strictObject({
  record: z.int(expected('record')).min(1, expected('recordNumber')),
});
export type ForgetRequest = z.output<typeof forgetSchema>;

/** The workflow id of an erasure: who asks for the same person at the same time follows the same one. */
export function forgetWorkflowId({ record }: ForgetRequest): string {
  return `forget/${record}`;
}

/** What was found of a person in one activation, and erased: numbers of rows. */
export interface Erased {
  members: number;
  /** Of these, those on the list that was delivered last. */
  listed: number;
  /** Rows of the other places, by table. */
  others: Record<string, number>;
}

export type ErasedIn = Erased & { activation: string };

/** What `forgetPerson` answers: rows that were found and erased. */
export interface ForgetResult {
  record: number;
  activations: ErasedIn[];
}
