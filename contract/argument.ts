import type { z } from 'zod';
import type { ArgumentProblem } from './messages/arguments.ts';

/** An argument as its schema wants it, or everything that is wrong with it. */
export function checkArgument<S extends z.ZodType>(
  schema: S,
  input: unknown,
): { value: z.output<S> } | { problems: ArgumentProblem[] } {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? { unknown: issue.keys }
      : { field: issue.path.join('.'), expected: issue.message },
  );
  return { problems };
}
