import { ApplicationFailure } from '@temporalio/workflow';
import { requestSchema, type RunRequest } from './contract.ts';

const EXAMPLE = '{"activation":"vip-customers"}';

/**
 * Checks the workflow's argument. Anything but a Temporal failure would fail the workflow *task*, which is retried
 * for ever; so a bad argument becomes a failure that ends the workflow at once.
 */
export function parseRequest(input: unknown): RunRequest {
  const parsed = requestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `unknown: ${issue.keys.join(', ')}`;
    if (issue.path.length === 0) return 'expected one JSON object';
    return `${issue.path.join('.')}: expected ${issue.message}`;
  });
  throw ApplicationFailure.nonRetryable(
    `The argument of runActivation is not usable (${problems.join('; ')}). Expected for example ${EXAMPLE}, ` +
      'optionally with dryRun, resync (true or false) and reason.',
    'InvalidActivation',
  );
}
