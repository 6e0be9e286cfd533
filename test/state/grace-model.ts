/** A member of the list that was delivered last. */
export interface Listed {
  /** The identifier in the list. */
  identifier: string;
  /** The segment lacks it since this number of successful runs and of hours. */
  missing: { runs: number; hours: number } | null;
}

/** How long a member stays that the segment lacks; null: not at all. */
export type ModelGrace = { runs: number } | { hours: number } | null;

/** By key. */
export type List = ReadonlyMap<string, Listed>;

/** The planned list of a run: the segment, and members who are not missing for long enough. */
export function plannedList(list: List, segment: ReadonlyMap<string, string>, grace: ModelGrace): List {
  const planned = new Map<string, Listed>();
  for (const [key, identifier] of segment) planned.set(key, { identifier, missing: null });
  for (const [key, { identifier, missing }] of list) {
    const gone = missing ?? { runs: 0, hours: 0 };
    if (!segment.has(key) && stays(gone, grace)) planned.set(key, { identifier, missing: gone });
  }
  return planned;
}

function stays(gone: { runs: number; hours: number }, grace: ModelGrace): boolean {
  if (grace === null) return false;
  return 'runs' in grace ? gone.runs < grace.runs : gone.hours < grace.hours;
}

/**
 * The list after a run that planned another one, and could not deliver it: missing members are recorded all
 * the same.
 */
export function undelivered(list: List, planned: List): List {
  return new Map(
    [...list].map(([key, { identifier, missing }]) => {
      const known = planned.get(key);
      return [key, { identifier, missing: known ? known.missing : missing }];
    }),
  );
}

/** The list after another successful run, or after some hours. */
export function later(list: List, passed: { runs: number; hours: number }): List {
  const add = ({ runs, hours }: { runs: number; hours: number }) => ({
    runs: runs + passed.runs,
    hours: hours + passed.hours,
  });
  return new Map(
    [...list].map(([key, { identifier, missing }]) => [
      key,
      { identifier, missing: missing && add(missing) },
    ]),
  );
}
