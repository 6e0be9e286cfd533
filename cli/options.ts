import { userInfo } from 'node:os';
import { InvalidArgumentError, type Command } from 'commander';
import { PROGRAM } from '../contract/commands.ts';
import { expected } from '../contract/messages/expected.ts';
import type { Context } from './context.ts';

/* Parts that several command definitions share. */

/** The help text of the `<activation>` argument. */
export const ACTIVATION = 'file name in activations/, without .yaml';
export const JSON_OPTION = 'print the answer as JSON, and nothing else';
export const RESULT_AS_JSON = 'print the result as JSON, and nothing else';

/** The part of a command's help that says where it reads. */
export const READS_STATE = `
Reads the state database directly (ACTITO_SYNC_DATABASE_URL); no worker is needed.`;

/** The end of a command's help: examples with their purpose. Each command is without the program's name. */
export function examples(...commands: [command: string, purpose: string][]): string {
  const width = Math.max(...commands.map(([command]) => command.length));
  const lines = commands.map(([command, purpose]) => `  ${PROGRAM} ${command.padEnd(width)}  # ${purpose}`);
  return ['', 'Examples:', ...lines, '', EXIT_CODES].join('\n');
}

/** The help text of the exit codes. */
export const EXIT_CODES = `Exit codes: 0 done · 1 failed, a probe or a check failed, an export was refused, or something needs a person (status --check) · 2 wrong command line, or invalid project folder (validate) ·
3 held by a guard · 4 more rejects than --max-rejects · 5 another run of the activation is in progress ·
6 Temporal did not answer (status) · 130 interrupted (the run continues)`;

/** Parses an option's value as a whole number of at least 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError(`Expected ${expected('positiveNumber')}.`);
  return Number(text);
}

/** Adds a line below a usage error if `when` is true for the given words. */
export function hintAfterError(command: Command, when: (words: string[]) => boolean, hint: string): void {
  command.configureOutput({
    outputError: (text, write) => write(when(command.args) ? `${text}${hint}\n` : text),
  });
}

/** The default of `--by`, for the help. */
export const WHO_BY_DEFAULT = 'default: ACTITO_SYNC_USER, or your login name';

/** Returns the user who runs a command; undefined when unknown (a container's user can lack a name). */
export function whoAmI({ env }: Pick<Context, 'env'>): string | undefined {
  if (env.ACTITO_SYNC_USER) return env.ACTITO_SYNC_USER;
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
