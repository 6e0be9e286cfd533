import type { SlotBudget } from '../activation/comparison/budget.ts';
import type { Peers } from './peers.ts';
import type { State } from '../state/state.ts';

/** What the worker gives its activities. */
export interface Dependencies {
  state: State;
  /** What the comparisons of this process may hold in memory. */
  slots: SlotBudget;
  /** Which peers answer this process. */
  peers: Peers;
  /** The project folder; read anew by every run, so that an edit needs no restart. */
  projectFolder: string;
  /** Where secrets are looked up by name. */
  env: NodeJS.ProcessEnv;
}
