/**
 * There are plain tables per activation and per run, because DDL on a partition would wait for all activations. Ids
 * contain hyphens but no underscore, so the names are distinct.
 */

/** The members of an activation: who is on its list, and what Actito confirmed for them. */
export function membersTable(activation: string): string {
  return `members_${activation.replaceAll('-', '_')}`;
}

/** The differences that one attempt to compare found; the run's delta once it is published. */
export function deltaTable(run: string, attempt: number): string {
  return `delta_${run}_${attempt}`;
}

/**
 * Members of this run that are sent separately from their chunk: a canary, and rows with values that cannot be sent.
 */
export function asideTable(run: string): string {
  return `aside_${run}`;
}

/** Members of this run that Actito rejected or did not match. */
export function resultTable(run: string): string {
  return `result_${run}`;
}

/** The keys of a shared import's file, each with the run that provides its row. */
export function sharedTable(shared: string): string {
  return `shared_${shared}`;
}

/** The profiles of a directory: which profile has which key. */
export function profilesTable(directory: string): string {
  return `profiles_${directory}`;
}

/** The keys of a directory whose profile changed, by load. */
export function profileChangesTable(directory: string): string {
  return `profile_changes_${directory}`;
}
