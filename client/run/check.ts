import type { z } from 'zod';
import { checkArgument } from '../../contract/argument.ts';
import { Failure } from '../../contract/failure.ts';

/**
 * Checks the argument of a workflow before it is started: then nothing bad reaches the server.
 * @throws Failure InvalidActivation
 */
export function checked<S extends z.ZodType>(schema: S, input: z.input<S>): z.output<S> {
  const result = checkArgument(schema, input);
  if ('value' in result) return result.value;
  throw new Failure('requestUnusable', { problems: result.problems });
}
