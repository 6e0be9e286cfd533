import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { answersSchema, checkAnswer, QUESTIONS, type AnswerName, type Answers } from './questions.ts';

/**
 * Asks for everything, one question a line; Enter takes what is offered, and what cannot be is asked again.
 * @returns undefined when whoever is asked leaves (Ctrl-C, Ctrl-D)
 */
export async function askAll(input: Readable, output: Writable): Promise<Answers | undefined> {
  const reader = createInterface({ input, output });
  // Not reader.question(): that would lose lines that are typed ahead, and never ends when the input does.
  const lines = reader[Symbol.asyncIterator]();
  const answers: Partial<Record<AnswerName, string>> = {};
  try {
    for (const { name, text, usual } of QUESTIONS) {
      const offered = usual(answers as Partial<Answers>);
      while (answers[name] === undefined) {
        reader.setPrompt(`${text} [${offered}] `);
        reader.prompt();
        const line = await lines.next();
        if (line.done) return undefined;
        const checked = checkAnswer(name, line.value.trim() || offered);
        if ('value' in checked) answers[name] = checked.value;
        else output.write(`  Expected ${checked.expected}.\n`);
      }
    }
  } finally {
    reader.close();
  }
  return answersSchema.parse(answers);
}
