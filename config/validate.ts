import type { z } from 'zod';
import { expectation } from './expectations.ts';
import { problemAt, problemWith, type Problem } from './problem.ts';
import { knownKeys, property } from './schema-keys.ts';
import { nearest } from '../activation/suggestion.ts';
import type { Path, YamlFile } from './yaml-file.ts';

/** Settings that hold a secret by name of its variable; what stands there is never shown, nor any part of it. */
const SECRET = new Set(['apiKey', 'password', 'privateKey', 'ca']);
/** What is part of a URL or of a text such as `user=…`, but not of a name: it may be a secret. */
const NO_NAME = /[^\w-]/;

/** Settings whose wrong value may be shown: nobody would write a secret there, not even by mistake. */
const HARMLESS = new Set(
  (
    'driver statementTimeout memoryLimit threads environment protocol port concurrentCalls importsPerTablePerDay source destination ' +
    'name table column type attribute defaultCountry maxLength nulls attributesRequired importMode etl validity after provision ' +
    'lengthUnit numberDigits adopt fileName cron timezone every hour minute dayOfMonth dayOfWeek month maxRemovedRatio allowEmpty ' +
    'maxRejectedRatio emptyValue listIdentifiers executionListing rowResults listConfirmation etlColumns compression ' +
    'rejects changeLog runs identifier'
  ).split(' '),
);
/** Settings that are a text or a group. A wrong group has the problems of its own settings. */
const TEXT_OR_GROUP = new Set(['identifier']);
/** What settings were called before, and what they are called now. */
export const FORMER_NAMES: Readonly<Record<string, string>> = { country: 'defaultCountry' };

const LONGEST_SHOWN = 60;
/** The maximum number of reported problems of one file; the rest is counted. */
const MOST_PROBLEMS = 20;

/** Returns a file's content if it matches its schema, or all problems. */
export function validate<S extends z.ZodType>(
  file: YamlFile,
  schema: S,
): { value: z.output<S> } | { problems: Problem[] } {
  if (file.value === null) return { problems: [problemAt(file, [], 'fileEmpty', {})] };
  const result = schema.safeParse(file.value, { error: expectation });
  if (result.success) return { value: result.data };
  const found = result.error.issues.flatMap((issue) => problemsOf(file, schema, issue));
  const more = found.length - MOST_PROBLEMS;
  return {
    problems: [
      ...found.slice(0, MOST_PROBLEMS).map((problem) => problem()),
      ...(more > 0 ? [problemWith(file.name, 'problemsOmitted', { more })] : []),
    ],
  };
}

/** Returns functions that make the problems, because finding lines and suggestions takes time. */
function problemsOf(file: YamlFile, schema: z.ZodType, issue: z.core.$ZodIssue): (() => Problem)[] {
  const isSecret = holdsSecret(file, schema, issue);
  // Not below a secret: in `apiKey: { hunter2 }`, the unknown name is the secret.
  if (issue.code === 'unrecognized_keys' && !isSecret) {
    let known: string[] | undefined;
    return issue.keys.map((key) => () => {
      known ??= unusedKeys(file, schema, issue.path);
      return problemAt(file, [...issue.path, key], 'settingUnknown', { near: meant(key, known), known });
    });
  }
  return problemsOfGroup(file, schema, issue) ?? [() => problemOf(file, issue, isSecret)];
}

function holdsSecret(file: YamlFile, schema: z.ZodType, { path, ...issue }: z.core.$ZodIssue): boolean {
  if (path.some((step) => SECRET.has(String(step)))) return true;
  if (path[0] !== 'connection') return false;
  // the variable is the connection, or in it: the drivers differ
  const isVariable = [1, 2].some((depth) =>
    knownKeys(schema, path.slice(0, depth), file.value).includes('env'),
  );
  return isVariable || (issue.code === 'unrecognized_keys' && issue.keys.some((key) => NO_NAME.test(key)));
}

/** The forms of a setting that a group did not match; those of a text are not its problem. */
function problemsOfGroup(
  file: YamlFile,
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
): (() => Problem)[] | undefined {
  if (issue.code !== 'invalid_union' || !TEXT_OR_GROUP.has(String(issue.path.at(-1)))) return undefined;
  const found = issue.errors.find((form) =>
    form.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return found?.flatMap((inner) =>
    problemsOf(file, schema, { ...inner, path: [...issue.path, ...inner.path] }),
  );
}

function meant(key: string, known: readonly string[]): string | undefined {
  const renamed = Object.hasOwn(FORMER_NAMES, key) ? FORMER_NAMES[key] : undefined;
  return renamed !== undefined && known.includes(renamed) ? renamed : nearest(key, known);
}

function unusedKeys(file: YamlFile, schema: z.ZodType, path: Path): string[] {
  const written = valueAt(file.value, path) as object;
  return knownKeys(schema, path, file.value).filter((name) => !(name in written));
}

function problemOf(
  file: YamlFile,
  { path, message: expected }: z.core.$ZodIssue,
  isSecret: boolean,
): Problem {
  const found = valueAt(file.value, path);
  if (found === undefined) return problemAt(file, path, 'settingMissing', { expected });
  if (isSecret) return problemAt(file, path, 'secretWrong', { expected });
  return problemAt(file, path, 'settingWrong', { expected, got: shown(path, found) });
}

function shown(path: Path, found: unknown): string | undefined {
  if (found === null) return 'nothing';
  const isScalar = typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean';
  if (!isScalar || !HARMLESS.has(String(path.at(-1))) || String(found).length > LONGEST_SHOWN)
    return undefined;
  return JSON.stringify(found);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(property, value);
}
