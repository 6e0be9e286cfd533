/**
 * Plain tables per activation and per run: a partitioned parent would make the DDL of one activation wait for
 * all others. Ids hold hyphens but no underscore, so the names stay distinct.
 */

/** The members of an activation: who is on its list, and what Actito confirmed of them. */
export function membersTable(activation: string): string {
  return `members_${activation.replaceAll('-', '_')}`;
}

/** The segment as one extraction read it; unlogged, with values. */
export function stageTable(run: string, extraction: string): string {
  return `stage_${run}_${extraction.replaceAll('-', '')}`;
}

/** What the run has to do per member; logged, without values. */
export function deltaTable(run: string): string {
  return `delta_${run}`;
}

/** Members of this run that Actito refused or does not know. */
export function resultTable(run: string): string {
  return `result_${run}`;
}

/** The keys of a shared import's file, each with the run that it is taken from. */
export function sharedTable(shared: string): string {
  return `shared_${shared}`;
}
