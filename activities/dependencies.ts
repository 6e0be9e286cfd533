import type { SlotBudget } from '../activation/comparison/budget.ts';
import type { Peers } from './peers.ts';
import type { State } from '../state/state.ts';

/** What the worker provides to its activities. */
export interface Dependencies {
  state: State;
  /** The memory that the comparisons of this process may use. */
  slots: SlotBudget;
  /** Which peers respond to this process. */
  peers: Peers;
  /** The project folder. Every run reads it again, so an edit needs no restart. */
  projectFolder: string;
  /** The environment variables with the secrets. */
  env: NodeJS.ProcessEnv;
}
