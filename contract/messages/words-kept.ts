import { wordsCommand } from '../commands.ts';
import type { Next } from './message.ts';

/** Where people read what the other said in its own words. It may name someone, so that no failure repeats it. */
export function readWords(activation: string): Next {
  return {
    advice: 'What was said about it may name people, and is read by',
    command: wordsCommand(activation),
  };
}
