import type { ActitoClient } from '../../actito/api/client.ts';
import type { Provisioned } from '../../state/provisioned.ts';
import type { Plan, Run } from '../../state/runs.ts';
import type { State } from '../../state/state.ts';
import type { RunRef } from '../run-ref.ts';

/** One run's import of attributes, with all it works on. */
export interface ImportJob {
  state: State;
  ref: RunRef;
  run: Run & { plan: Plan };
  /** Run id of the workflow: makes names unique beyond our own database. */
  execution: string;
  provisioned: Provisioned;
  client: ActitoClient;
  quotaKey: string;
  signal: AbortSignal;
}
