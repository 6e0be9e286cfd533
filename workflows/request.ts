import type { z } from 'zod';
import { FORMER_FIELDS, requestSchema, type RunRequest } from '../contract/request.ts';
import { failWith } from './failure.ts';

const EXAMPLE =
  '{"activation":"vip-customers"}, optionally with plan and reason; other modes: "mode":"resync" (plan, reason), ' +
  '"preview" (of, reason), "rebase" (reason), "undo" (to, plan, reason)';

/** The argument of `runActivation`. @throws ApplicationFailure InvalidActivation */
export function parseRequest(input: unknown): RunRequest {
  return parseArgument('runActivation', requestSchema, input, EXAMPLE);
}

/** A field that no request has, with what says the same today. */
function withHint(field: string): string {
  const now = FORMER_FIELDS[field];
  return now === undefined ? field : `${field} (now ${now})`;
}

/**
 * Checks a workflow's argument. Anything but a Temporal failure would fail the workflow *task*, which is retried
 * for ever; so a bad argument becomes a failure that ends the workflow at once.
 */
export function parseArgument<S extends z.ZodType>(
  workflow: string,
  schema: S,
  input: unknown,
  example: string,
): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `unknown: ${issue.keys.map(withHint).join(', ')}`;
    if (issue.path.length === 0) return 'expected one JSON object';
    return `${issue.path.join('.')}: expected ${issue.message}`;
  });
  throw failWith('argumentUnusable', { workflow, problems, example });
}
