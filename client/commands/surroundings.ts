import type { Launch } from '../launch.ts';
import type { Readable, Writable } from 'node:stream';

/** What a command lives in; a test gives it another one. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** Where answers come from; questions are asked only of a terminal. Default: nobody answers. */
  in?: Readable & { isTTY?: boolean };
  out: Writable;
  /** Errors and warnings. */
  err: Writable;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Hands over to a program of the checkout; default: none can be. */
  launch?: Launch;
  /** Default: the product's. */
  taskQueue?: string;
}
