import type { Writable } from 'node:stream';

/** What a command lives in; a test gives it another one. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  out: Writable;
  /** Errors and warnings. */
  err: Writable;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Default: the product's. */
  taskQueue?: string;
}
