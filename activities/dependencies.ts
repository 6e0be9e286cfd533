import type { State } from '../state/state.ts';

/** What the worker gives its activities. */
export interface Dependencies {
  state: State;
  /** The project folder; read anew by every run, so that an edit needs no restart. */
  projectFolder: string;
  /** Where secrets are looked up by name. */
  env: NodeJS.ProcessEnv;
}
