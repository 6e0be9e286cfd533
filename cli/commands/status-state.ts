import { readHistory, type PastRun } from '../../state/report/history.ts';
import {
  readLine,
  readNow,
  readQuotaUse,
  readStandings,
  type QuotaUse,
  type Standing,
  type Waiting,
} from '../../state/report/overview.ts';
import { readRests, type Rest } from '../../state/runs/rest.ts';
import type { Snapshot } from '../../state/report/snapshot.ts';
import { usualDuration } from './status-problems.ts';

/** What the state database knows about the project's activations. */
export interface Standings {
  /** The time of reading by the database's clock, which wrote all times. Our clock can differ. */
  now: Date;
  standings: Map<string, Standing>;
  lastRuns: Map<string, PastRun>;
  /** The usual duration of an activation's runs in milliseconds. */
  took: Map<string, number>;
  quotas: QuotaUse[];
  line: Waiting[];
  /** Schedules that back off because their runs keep failing. */
  rests: Rest[];
}

export async function readState(snapshot: Snapshot, activations: readonly string[]): Promise<Standings> {
  const standings = new Map(
    (await readStandings(snapshot)).map((standing) => [standing.activation, standing]),
  );
  const lastRuns = new Map<string, PastRun>();
  const took = new Map<string, number>();
  for (const activation of activations) {
    // Dry runs change nothing, so the last run is the last one that was not a dry run.
    const found = await readHistory(snapshot, { activation, limit: 5, dryRuns: false });
    if (found[0]) lastRuns.set(activation, found[0]);
    const usual = usualDuration(found);
    if (usual !== undefined) took.set(activation, usual);
  }
  const [quotas, line] = [await readQuotaUse(snapshot), await readLine(snapshot)];
  const [now, rests] = [await readNow(snapshot), await readRests(snapshot)];
  return { now, standings, lastRuns, took, quotas, line, rests };
}
