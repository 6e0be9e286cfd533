import { InvalidArgumentError } from 'commander';
import { expected } from '../../contract/messages/expected.ts';
import type { Counts } from '../../contract/counts.ts';

/** How many rejects are too many. */
export interface Limit {
  /** As it was written. */
  text: string;
  most: number;
  /** `most` is a share of the rows read, not a number. */
  isShare: boolean;
}

/** The limit of `--max-rejects`: `100`, or `0.5%` of the rows read. @throws InvalidArgumentError */
export function parseLimit(text: string): Limit {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const isShare = percent === '%';
  const most = isShare ? Number(digits) / 100 : Number(digits);
  if (digits !== undefined && (isShare ? most <= 1 : Number.isInteger(most))) return { text, most, isShare };
  throw new InvalidArgumentError(`Expected ${expected('limitOfRejects')}.`);
}

/**
 * What a run could not use for good: rows without a usable key, members whose rows contradict each other or whose
 * values Actito refused, and single values. Not those unknown to Actito, which is normal, nor what goes with a later run.
 */
export function rejectsOf({ rejected, ambiguous, refused, badValues }: Counts): number {
  return [rejected, ambiguous, refused, badValues].reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** Whether a run had more rejects than that. */
export function exceeds(counts: Counts, { most, isShare }: Limit): boolean {
  return rejectsOf(counts) > (isShare ? most * (counts.read ?? 0) : most);
}
