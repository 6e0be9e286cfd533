import type { Client } from '@temporalio/client';
import type { Surroundings } from './surroundings.ts';

/** What the definition of a command needs. */
export interface CommandContext {
  surroundings: Surroundings;
  /** Does a command's work with a client of the Temporal server; its number becomes the exit code. */
  connected: (work: (client: Client) => Promise<number>) => Promise<void>;
}

/** How the program is called, in front of every command. */
export const PROGRAM = 'npm run activation --';

/** The end of a command's help: examples, each a command with the program's name left out and what it is for. */
export function examples(...commands: [command: string, purpose: string][]): string {
  const width = Math.max(...commands.map(([command]) => command.length));
  const lines = commands.map(([command, purpose]) => `  ${PROGRAM} ${command.padEnd(width)}  # ${purpose}`);
  return ['', 'Examples:', ...lines, '', EXIT_CODES].join('\n');
}

const EXIT_CODES = `Exit codes: 0 done · 1 failed · 2 wrong command line · 3 held by a guard · 5 another run of the activation is under
way · 130 interrupted while waiting (a run goes on)`;
