import type { ImportJob } from './job.ts';

/**
 * The name of an import's file, by which it can be found again. One for each attempt, and with a part of the
 * workflow's run id, since another project may feed the same table from a state database of its own, with the same numbers.
 */
export function fileName({ run, execution }: ImportJob, importId: string, suffix: string): string {
  return `${run.activation}-${run.run}-${importId}-${execution.slice(0, 8)}${suffix}`;
}
