import type { Client } from '@temporalio/client';
import { PROGRAM } from '../../contract/commands.ts';
import type { Surroundings } from './surroundings.ts';

/** What the definition of a command needs. */
export interface CommandContext {
  surroundings: Surroundings;
  /** Does a command's work with a client of the Temporal server; its number becomes the exit code. */
  connected: (work: (client: Client) => Promise<number>) => Promise<void>;
  /** Does a command's work that needs no Temporal server; its number becomes the exit code. */
  local: (work: () => Promise<number>) => Promise<void>;
}

/** The end of a command's help: examples, each a command with the program's name left out and what it is for. */
export function examples(...commands: [command: string, purpose: string][]): string {
  const width = Math.max(...commands.map(([command]) => command.length));
  const lines = commands.map(([command, purpose]) => `  ${PROGRAM} ${command.padEnd(width)}  # ${purpose}`);
  return ['', 'Examples:', ...lines, '', EXIT_CODES].join('\n');
}

const EXIT_CODES = `Exit codes: 0 done · 1 failed, or a probe did · 2 wrong command line, or project folder (validate) · 3 held by a guard ·
4 more rejects than --max-rejects · 5 another run of the activation is under way · 130 interrupted (a run goes on)`;
