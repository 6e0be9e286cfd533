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
  /** Default: the product's. */
  taskQueue?: string;
}
