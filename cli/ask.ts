import { createInterface, type Interface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { Failure } from '../contract/failure.ts';

/** Where a command reads the answers to its questions: a terminal or a pipe. */
export interface Answers {
  /** Returns the next line, or undefined at the end of the input. Only a terminal shows `question`. */
  line(question: string): Promise<string | undefined>;
  close(): void;
}

export function answersFrom(input: Readable & { isTTY?: boolean }, output: Writable): Answers {
  let reader: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  return {
    // reader.question() would lose lines that are typed ahead, and never settles when the input ends.
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
 * Reads the key from one line of standard input, which keeps it out of the shell history.
 * @throws Failure InvalidActivation, without the key
 */
export async function keyFrom(answers: Answers, isTerminal: boolean): Promise<string> {
  const key = (await answers.line('Key: '))?.trim() ?? '';
  const more = isTerminal ? '' : ((await answers.line('')) ?? '').trim();
  if (key !== '' && more === '') return key;
  throw new Failure('keyNotOneLine', { lines: key === '' ? 0 : 2 });
}
