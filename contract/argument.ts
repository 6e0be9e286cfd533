import type { z } from 'zod';
import type { ArgumentProblem } from './messages/arguments.ts';

/**
 * A wrong argument can be very large, and Temporal limits the size of a failure. An error lists at most this many keys.
 */
const MOST_KEYS = 10;
const LONGEST_KEY = 60;

/** Parses an argument. Returns its value or all of its problems. */
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
  // Code points have at most two UTF-16 units, so no character is cut in half.
  return key.length > LONGEST_KEY
    ? `${[...key.slice(0, 2 * LONGEST_KEY)].slice(0, LONGEST_KEY).join('')} …`
    : key;
}
