import type { ActitoClient } from '../../actito/api/client.ts';
import { keySeeds } from '../../activation/comparison/marks.ts';
import type { RunRef } from '../../contract/steps.ts';
import { readAcknowledged } from '../../state/acknowledged.ts';
import { requireProvisioned, type Provisioned } from '../../state/lists/provisioned.ts';
import type { Fence } from '../../state/runs/lease.ts';
import { readPlanned, type PlannedRun } from '../../state/runs/runs.ts';
import type { State } from '../../state/state.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { cancellation, progress } from '../progress.ts';

/** One run's import of attributes, with everything that it needs; loaded once per attempt. */
export interface ImportJob {
  state: State;
  ref: Fence;
  run: PlannedRun;
  /** Seeds of the activation's key marks. */
  seeds: readonly [bigint, bigint];
  provisioned: Provisioned;
  client: ActitoClient;
  quotaKey: string;
  signal: AbortSignal;
  /** Reports to Temporal how many rows of a file were processed. */
  report: (rows: number) => void;
}

export async function loadJob(deps: Dependencies, ref: RunRef): Promise<ImportJob> {
  const { state } = deps;
  const report = progress();
  const signal = cancellation();
  const run = await readPlanned(state, ref.run);
  const { seed } = await readAcknowledged(state, run);
  const provisioned = await requireProvisioned(state, run.definition);
  const { client, quotaKey } = connectActito(deps, run.definition.destination, signal);
  return { state, ref, run, seeds: keySeeds(seed), provisioned, client, quotaKey, signal, report };
}
