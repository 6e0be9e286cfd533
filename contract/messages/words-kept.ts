import { wordsCommand } from '../commands.ts';
import type { Next } from './message.ts';

/** Where to read the original error text. It may contain personal data, so no failure repeats it. */
export function readWords(activation: string): Next {
  return {
    advice: 'Read the original error text, which may contain personal data',
    command: wordsCommand(activation),
  };
}
