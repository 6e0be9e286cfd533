import type { Readable, Writable } from 'node:stream';
import type { ActivationClient } from '../client/activation-client.ts';
import type { Launch } from './launch.ts';

/** The environment of a command line. Tests replace it. */
export interface Context {
  env: NodeJS.ProcessEnv;
  /** The input for answers. Only a terminal is asked questions. Default: no input. */
  in?: Readable & { isTTY?: boolean };
  out: Writable;
  /** Errors and warnings. */
  err: Writable;
  /** Ctrl-C aborts it. */
  signal: AbortSignal;
  /** Hands over to a program of the checkout; default: there is none. */
  launch?: Launch;
  /** Default: the product's. */
  taskQueue?: string;
}

/** What the definition of a command needs: the context, and two ways to run its action. */
export interface CommandContext extends Context {
  /** Runs an action with a client of the Temporal server. The action returns the exit code. */
  connected: (work: (client: ActivationClient) => Promise<number>) => Promise<void>;
  /** Runs an action that needs no Temporal server. The action returns the exit code. */
  local: (work: () => Promise<number>) => Promise<void>;
}
