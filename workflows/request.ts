import type { z } from 'zod';
import { checkArgument } from '../contract/argument.ts';
import type { WorkflowName } from '../contract/messages/arguments.ts';
import { requestSchema, type RunRequest } from '../contract/request.ts';
import { failWith } from './failure.ts';

/** Checks the argument of `runActivation`. @throws ApplicationFailure InvalidActivation */
export function parseRequest(input: unknown): RunRequest {
  return parseArgument('runActivation', requestSchema, input);
}

/**
 * Checks a workflow's argument. Anything but a Temporal failure would fail the workflow *task*, which is retried
 * forever; so an invalid argument becomes a failure that ends the workflow immediately.
 */
export function parseArgument<S extends z.ZodType>(
  workflow: WorkflowName,
  schema: S,
  input: unknown,
): z.output<S> {
  const checked = checkArgument(schema, input);
  if ('value' in checked) return checked.value;
  throw failWith('argumentUnusable', { workflow, problems: checked.problems });
}
