import type { Command } from 'commander';
import { createProgram } from '../program.ts';

/** The program as it is told about; its commands are not run. */
export function usualProgram(): Command {
  const { signal } = new AbortController();
  const nothing = async () => undefined;
  const surroundings = { env: {}, out: process.stdout, err: process.stderr, signal };
  return createProgram({ surroundings, connected: nothing, local: nothing });
}
