import type { Readable, Writable } from 'node:stream';
import type { ActivationClient } from '../client/activation-client.ts';
import type { Launch } from './launch.ts';

/** What a command line runs in; a test gives it another one. */
export interface Context {
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

/** What a command's definition needs: the context, and the two ways to do its work. */
export interface CommandContext extends Context {
  /** Does a command's work with a client of the Temporal server; its number becomes the exit code. */
  connected: (work: (client: ActivationClient) => Promise<number>) => Promise<void>;
  /** Does a command's work that needs no Temporal server; its number becomes the exit code. */
  local: (work: () => Promise<number>) => Promise<void>;
}
