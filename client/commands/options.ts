import { InvalidArgumentError, type Command } from 'commander';
import { expected } from '../../contract/messages/expected.ts';

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

/** The help text of the argument that most commands have. */
export const ACTIVATION = 'the name of its file in activations/, without .yaml';
export const JSON_OPTION = 'print the answer as JSON, and nothing else';

/** What a command's help says of where it reads. */
export const READS_STATE = `
Reads the state database directly (ACTITO_SYNC_DATABASE_URL), and needs no worker.`;
