import { InvalidArgumentError } from 'commander';

/** A whole number from 1 on, as the value of an option. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 on.');
  return Number(text);
}

/** The help text of the argument that most commands have. */
export const ACTIVATION = 'the name of its file in activations/, without .yaml';
export const JSON_OPTION = 'print the answer as JSON, and nothing else';

/** What a command's help says of where it reads. */
export const READS_STATE = `
Reads the state database directly (ACTITO_SYNC_DATABASE_URL), and needs no worker.`;
