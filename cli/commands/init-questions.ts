import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { activationSchema } from '../../activation/definition/activation.ts';
import { hostName, plainText } from '../../activation/definition/common.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { nameFault } from '../../activation/definition/list-names.ts';
import { expectation } from '../../config/expectations.ts';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { answersFrom } from '../ask.ts';

const line = z.string().trim().max(100);
const text = line.pipe(plainText);
const { matchingKey } = activationSchema.shape;
const KEY_TYPES = matchingKey.shape.type;
const ENVIRONMENTS = destinationSchema.shape.environment.unwrap();

/** The answers that determine a new project folder. */
const answersSchema = z.object({
  environment: ENVIRONMENTS,
  entity: text,
  profileTable: text,
  protocol: choice('sftp', 'ftps'),
  host: line.pipe(hostName),
  username: text,
  directory: text,
  segment: text.refine((name) => nameFault(name, 'list') === undefined, { error: expected('listName') }),
  members: z.string().trim().min(1),
  keyType: KEY_TYPES,
  keyColumn: text,
  keyAttribute: matchingKey.shape.attribute,
});
export type Answers = z.infer<typeof answersSchema>;
export type AnswerName = keyof Answers;

/** A question of `init`. */
export interface Question {
  name: AnswerName;
  text: string;
  /** The default answer; it can depend on earlier answers. */
  usual: (before: Partial<Answers>) => string;
}

const KEYS: Record<string, { column: string; attribute: string }> = {
  email: { column: 'email', attribute: 'emailAddress' },
  phone: { column: 'phone', attribute: 'gsmNumber' },
  externalId: { column: 'customer_id', attribute: 'customerId' },
};
const usualKey = ({ keyType = 'email' }: Partial<Answers>) => KEYS[keyType]!;

/** The questions in the order in which `init` asks them. */
export const QUESTIONS: readonly Question[] = [
  {
    name: 'environment',
    text: 'Which environment of Actito (ENV-0, ENV-1, ENV-3 or PREPROD)?',
    usual: () => 'ENV-3',
  },
  { name: 'entity', text: 'Which entity in Actito?', usual: () => 'shop' },
  { name: 'profileTable', text: 'Which profile table (name or id)?', usual: () => 'Profiles' },
  { name: 'protocol', text: 'How does Actito retrieve list files (sftp or ftps)?', usual: () => 'sftp' },
  { name: 'host', text: 'Which file server (host name)?', usual: () => 'sftp.example.com' },
  { name: 'username', text: 'Which user name on the file server?', usual: () => 'actito' },
  { name: 'directory', text: 'Which folder on the file server?', usual: () => '/in' },
  { name: 'segment', text: 'What is the name of the first segment?', usual: () => 'VIP customers' },
  {
    name: 'members',
    text: 'Who is a member (a table such as marketing.vip, or a query on one line)?',
    usual: () => 'select email, first_name from customers where vip',
  },
  {
    name: 'keyType',
    text: 'What identifies a profile (email, phone or externalId)?',
    usual: () => 'email',
  },
  {
    name: 'keyColumn',
    text: 'Which column of the segment contains it?',
    usual: (before) => usualKey(before).column,
  },
  {
    name: 'keyAttribute',
    text: 'Which unique attribute of the profile table contains it?',
    usual: (before) => usualKey(before).attribute,
  },
];

/** Returns the parsed answer, or what was expected instead. */
export function checkAnswer(name: AnswerName, answer: string): { value: string } | { expected: string } {
  const parsed = answersSchema.shape[name].safeParse(answer, { error: expectation });
  return parsed.success ? { value: parsed.data } : { expected: parsed.error.issues[0]!.message };
}

/** The default answers. */
export function usualAnswers(): Answers {
  const answers: Partial<Record<AnswerName, string>> = {};
  for (const { name, usual } of QUESTIONS) answers[name] = usual(answers as Partial<Answers>);
  return answersSchema.parse(answers);
}

/**
 * Asks all questions, one on each line. Enter accepts the default; an invalid answer repeats the question.
 * @param given answers that are not asked; `offers` replace defaults
 * @returns undefined when the user quits (Ctrl-C, Ctrl-D)
 */
export async function askAll(
  input: Readable,
  output: Writable,
  { given = {}, offers = {} }: { given?: Partial<Answers>; offers?: Partial<Answers> } = {},
): Promise<Answers | undefined> {
  const typed = answersFrom(input, output);
  const answers: Partial<Record<AnswerName, string>> = { ...given };
  try {
    for (const { name, text, usual } of QUESTIONS) {
      const offered = offers[name] ?? usual(answers as Partial<Answers>);
      while (answers[name] === undefined) {
        const line = await typed.line(`${text} [${offered}] `);
        if (line === undefined) return undefined;
        const checked = checkAnswer(name, line.trim() || offered);
        if ('value' in checked) answers[name] = checked.value;
        else output.write(`  Expected ${checked.expected}.\n`);
      }
    }
  } finally {
    typed.close();
  }
  return answersSchema.parse(answers);
}
