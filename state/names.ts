/**
 * Plain tables per activation and per run: a partitioned parent would make the DDL of one activation wait for
 * all others. Ids hold hyphens but no underscore, so the names stay distinct.
 */

/** The members of an activation: who is on its list, and what Actito confirmed of them. */
export function membersTable(activation: string): string {
  return `members_${activation.replaceAll('-', '_')}`;
}

/** What one attempt of a run to compare found different; the run's once it is published. */
export function deltaTable(run: string, attempt: number): string {
  return `delta_${run}_${attempt}`;
}

/** Members of this run that are sent apart from their chunk: a canary, and rows with values that cannot be sent. */
export function asideTable(run: string): string {
  return `aside_${run}`;
}

/** Members of this run that Actito refused or does not know. */
export function resultTable(run: string): string {
  return `result_${run}`;
}

/** The keys of a shared import's file, each with the run that it is taken from. */
export function sharedTable(shared: string): string {
  return `shared_${shared}`;
}
