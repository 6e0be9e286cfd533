import { createInterface } from 'node:readline/promises';
import type { Surroundings } from './surroundings.ts';

/**
 * Asks whoever sits at a terminal to go on; without a terminal nobody is asked, and it goes on.
 * @returns false for anything but yes, Ctrl-C and Ctrl-D included
 */
export async function confirmed(
  question: string,
  { in: input, out }: Pick<Surroundings, 'in' | 'out'>,
): Promise<boolean> {
  if (!input?.isTTY) return true;
  const reader = createInterface({ input, output: out });
  reader.setPrompt(`${question} [y/N] `);
  reader.prompt();
  // Not reader.question(): that never ends when the input does.
  try {
    const line = await reader[Symbol.asyncIterator]().next();
    return !line.done && /^y(es)?$/i.test(line.value.trim());
  } finally {
    reader.close();
  }
}
