import type { z } from 'zod';
import type { ArgumentProblem } from './messages/arguments.ts';

/** Of an argument that someone has mistaken for something else, so much is told: Temporal bounds what a failure may hold. */
const MOST_KEYS = 10;
const LONGEST_KEY = 60;

/** An argument as its schema wants it, or everything that is wrong with it. */
export function checkArgument<S extends z.ZodType>(
  schema: S,
  input: unknown,
): { value: z.output<S> } | { problems: ArgumentProblem[] } {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? { unknown: issue.keys.slice(0, MOST_KEYS).map(shortened) }
      : { field: issue.path.join('.'), expected: issue.message },
  );
  return { problems };
}

function shortened(key: string): string {
  // Two units a character at most: none is cut in the middle.
  return key.length > LONGEST_KEY
    ? `${[...key.slice(0, 2 * LONGEST_KEY)].slice(0, LONGEST_KEY).join('')} …`
    : key;
}
