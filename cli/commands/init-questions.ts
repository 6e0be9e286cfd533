import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { activationSchema } from '../../activation/definition/activation.ts';
import { hostName, plainText } from '../../activation/definition/common.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { nameFault } from '../../activation/definition/list-names.ts';
import { driverName, DRIVERS, infoOf, schemaOf, type Driver } from '../../activation/definition/source.ts';
import { expectation } from '../../config/expectations.ts';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { answersFrom } from '../ask.ts';
import { sourceSettings } from './init-source.ts';

const line = z.string().trim().max(100);
const text = line.pipe(plainText);
const { matchingKey } = activationSchema.shape;
const KEY_TYPES = matchingKey.shape.type;
const ENVIRONMENTS = destinationSchema.shape.environment.unwrap();

/** The answers that determine a new project folder; also those about settings of the driver, by their paths. */
const answersSchema = z
  .object({
    driver: line.pipe(driverName),
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
  })
  .catchall(z.string());
export type Answers = z.infer<typeof answersSchema>;
export type AnswerName = keyof (typeof answersSchema)['shape'];

/** A question of `init`. */
export interface Question<Name extends string = AnswerName> {
  name: Name;
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

/** The questions in the order in which `init` asks them; those of the driver follow the first one. */
export const QUESTIONS: readonly Question[] = [
  { name: 'driver', text: `Which warehouse (${DRIVERS.join(', ')})?`, usual: () => DRIVERS[0]! },
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
    usual: ({ driver }) =>
      `select email, first_name from customers where ${infoOf(driver!).condition ?? 'vip'}`,
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

/** The questions about the settings of a driver, which are named by their paths. */
export function settingQuestions(driver: Driver): Question<string>[] {
  return sourceSettings(driver).flatMap(({ path, meaning, offered }) => {
    const [sentence] = /^.*?\.(?= |$)/.exec(meaning) ?? [meaning];
    const text = `Which ${path.split('.').at(-1)}? ${sentence}`;
    return offered === undefined ? [] : [{ name: path, text, usual: () => offered }];
  });
}

/** Yields the questions, each when `answers` has the ones before it. */
function* questions(answers: Partial<Answers>): Generator<Question<string>> {
  for (const question of QUESTIONS) {
    yield question;
    if (question.name === 'driver') yield* settingQuestions(answers.driver!);
  }
}

/**
 * Returns the parsed answer, or what was expected instead.
 * @param driver the driver whose setting `name` is, if it is one
 */
export function checkAnswer(
  name: string,
  answer: string,
  driver?: Driver,
): { value: string } | { expected: string } {
  const own = answersSchema.shape[name as AnswerName] as z.ZodType<string> | undefined;
  const schema = own ?? line.pipe(settingSchema(driver!, name));
  const parsed = schema.safeParse(answer, { error: expectation });
  return parsed.success ? { value: parsed.data } : { expected: parsed.error.issues[0]!.message };
}

/** The schema of a setting by its path. */
function settingSchema(driver: Driver, path: string): z.ZodType<string, string> {
  let schema: z.ZodType = schemaOf(driver);
  for (const step of path.split('.')) schema = (schema as z.ZodObject).shape[step] as z.ZodType;
  return schema as z.ZodType<string, string>;
}

/** Returns the default answers. @param given answers to use instead */
export function usualAnswers(given: Partial<Answers> = {}): Answers {
  const answers = { ...given };
  for (const { name, usual } of questions(answers)) answers[name] ??= usual(answers);
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
  const answers = { ...given };
  try {
    for (const { name, text, usual } of questions(answers)) {
      const offered = offers[name] ?? usual(answers);
      while (answers[name] === undefined) {
        const line = await typed.line(`${text} [${offered}] `);
        if (line === undefined) return undefined;
        const checked = checkAnswer(name, line.trim() || offered, answers.driver);
        if ('value' in checked) answers[name] = checked.value;
        else output.write(`  Expected ${checked.expected}.\n`);
      }
    }
  } finally {
    typed.close();
  }
  return answersSchema.parse(answers);
}
