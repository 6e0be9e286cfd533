import { userInfo } from 'node:os';
import { InvalidArgumentError, type Command } from 'commander';
import { PROGRAM } from '../contract/commands.ts';
import { expected } from '../contract/messages/expected.ts';
import type { Context } from './context.ts';

/* What the definitions of several commands share. */

/** The help text of the argument that most commands have. */
export const ACTIVATION = 'file name in activations/, without .yaml';
export const JSON_OPTION = 'print the answer as JSON, and nothing else';
export const RESULT_AS_JSON = 'print the result as JSON, and nothing else';

/** What a command's help says of where it reads. */
export const READS_STATE = `
Reads the state database directly (ACTITO_SYNC_DATABASE_URL); no worker is needed.`;

/** The end of a command's help: examples, each a command without the program's name and what it is for. */
export function examples(...commands: [command: string, purpose: string][]): string {
  const width = Math.max(...commands.map(([command]) => command.length));
  const lines = commands.map(([command, purpose]) => `  ${PROGRAM} ${command.padEnd(width)}  # ${purpose}`);
  return ['', 'Examples:', ...lines, '', EXIT_CODES].join('\n');
}

/** The exit codes of all commands. */
export const EXIT_CODES = `Exit codes: 0 done · 1 failed, a probe failed, or something needs a person (status --check) · 2 wrong command line, or invalid project folder (validate) ·
3 held by a guard · 4 more rejects than --max-rejects · 5 another run of the activation is in progress ·
6 Temporal did not answer (status) · 130 interrupted (the run continues)`;

/** A whole number from 1 on, as the value of an option. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError(`Expected ${expected('positiveNumber')}.`);
  return Number(text);
}

/** One more line below what is wrong with a command's use, while `when` holds of the words that it was given. */
export function hintAfterError(command: Command, when: (words: string[]) => boolean, hint: string): void {
  command.configureOutput({
    outputError: (text, write) => write(when(command.args) ? `${text}${hint}\n` : text),
  });
}

/** Of an option's help: who is taken when it is left out. */
export const WHO_BY_DEFAULT = 'default: ACTITO_SYNC_USER, or your login name';

/** Who gives a command; undefined when nobody can tell (a container's user may have no name). */
export function whoAmI({ env }: Pick<Context, 'env'>): string | undefined {
  if (env.ACTITO_SYNC_USER) return env.ACTITO_SYNC_USER;
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
