/** Someone on the list as it was delivered last. */
export interface Listed {
  /** What the list holds for it. */
  identifier: string;
  /** The segment lacks it: so many runs have succeeded since, so many hours have passed. */
  missing: { runs: number; hours: number } | null;
}

/** How long someone stays whom the segment lacks; null: not at all. */
export type ModelGrace = { runs: number } | { hours: number } | null;

/** By key. */
export type List = ReadonlyMap<string, Listed>;

/** The list as a run plans it: the segment, and who is not missing for long enough. */
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

/** The list after a run that planned another one, and could not deliver it: who is missing is known all the same. */
export function undelivered(list: List, planned: List): List {
  return new Map(
    [...list].map(([key, { identifier, missing }]) => {
      const known = planned.get(key);
      return [key, { identifier, missing: known ? known.missing : missing }];
    }),
  );
}

/** The list once another run has succeeded, or some hours have passed. */
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
