import type { ActitoClient } from '../../actito/api/client.ts';
import type { Fence } from '../../state/runs/lease.ts';
import type { Provisioned } from '../../state/lists/provisioned.ts';
import type { PlannedRun } from '../../state/runs/runs.ts';
import type { State } from '../../state/state.ts';

/** One run's import of attributes, with all it works on. */
export interface ImportJob {
  state: State;
  ref: Fence;
  run: PlannedRun;
  /** Of the activation's key marks. */
  seeds: readonly [bigint, bigint];
  /** Run id of the workflow: makes names unique beyond our own database. */
  execution: string;
  provisioned: Provisioned;
  client: ActitoClient;
  quotaKey: string;
  signal: AbortSignal;
}
