import { createInterface, type Interface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { Failure } from '../contract/failure.ts';

/** Where a command's questions are answered: a terminal, or a pipe. */
export interface Answers {
  /** The next line; undefined when there is none. `question` is shown to a terminal only. */
  line(question: string): Promise<string | undefined>;
  close(): void;
}

/** Lines from a terminal or a pipe. */
export function answersFrom(input: Readable & { isTTY?: boolean }, output: Writable): Answers {
  let reader: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  return {
    // Not reader.question(): that would lose lines that are typed ahead, and never ends when the input does.
    line: async (question) => {
      reader ??= createInterface({ input, output: input.isTTY ? output : undefined });
      lines ??= reader[Symbol.asyncIterator]();
      reader.setPrompt(question);
      if (input.isTTY) reader.prompt();
      const next = await lines.next();
      return next.done ? undefined : next.value;
    },
    close: () => reader?.close(),
  };
}

/**
 * The key on standard input, one line. This keeps it out of the shell history.
 * @throws Failure InvalidActivation, which does not quote it
 */
export async function keyFrom(answers: Answers, isTerminal: boolean): Promise<string> {
  const key = (await answers.line('Key: '))?.trim() ?? '';
  const more = isTerminal ? '' : ((await answers.line('')) ?? '').trim();
  if (key !== '' && more === '') return key;
  throw new Failure('keyNotOneLine', { lines: key === '' ? 0 : 2 });
}
