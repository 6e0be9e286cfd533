import type { z } from 'zod';
import { Failure } from '../../contract/failure.ts';

/**
 * Checks the argument of a workflow before it is started: then nothing bad reaches the server.
 * @throws Failure InvalidActivation
 */
export function checked<S extends z.ZodType>(schema: S, input: z.input<S>): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the request'}: expected ${issue.message}`,
  );
  throw new Failure('requestUnusable', { problems });
}
