import { failure } from './message.ts';

/** What is wrong with a workflow's argument: unknown fields, or what a field must be; '' is the argument itself. */
export type ArgumentProblem = { unknown: string[] } | { field: string; expected: string };

/** Valid arguments, by workflow. */
const EXAMPLES = {
  runActivation:
    '{"activation":"vip-customers"}, optionally with plan and reason; other modes: "mode":"resync" (plan, reason), ' +
    '"preview" (of, reason), "rebase" (reason), "undo" (to, plan, reason)',
  decide:
    '{"activation":"vip-customers","plan":"0123456789ab","decision":"approve","reason":"spring cleanup"}, or "decision":"decline"',
  doctor: '{"target":"vip-customers"}, which names a destination or an activation, or {} for all of them',
  forgetPerson: '{"record":3}',
  inspectDestination: '{"destination":"actito","what":"attributes"}',
};
/** A workflow that people start. */
export type WorkflowName = keyof typeof EXAMPLES;

/** What replaces a field of earlier development versions. */
const FORMER_FIELDS: Record<string, string> = {
  dryRun: '"mode":"preview"',
  resync: '"mode":"resync"',
  rebase: '"mode":"rebase"',
  undo: '"mode":"undo" with "to", or "mode":"preview" with "of":{"undo":"…"}',
  approve: 'the workflow "decide"',
};

const TYPO: ArgumentProblem = { unknown: ['activaton'] };
const NO_HASH: ArgumentProblem = { field: 'plan', expected: 'a plan hash (12 characters)' };

/** Messages about invalid arguments: from the workflow, or from a client that checks before it starts one. */
export const ARGUMENT_MESSAGES = {
  argumentUnusable: failure<{ workflow: WorkflowName; problems: ArgumentProblem[] }>('InvalidActivation', {
    examples: [
      { workflow: 'runActivation', problems: [TYPO, NO_HASH] },
      { workflow: 'runActivation', problems: [{ unknown: Object.keys(FORMER_FIELDS) }] },
      { workflow: 'decide', problems: [{ field: '', expected: 'approve or decline' }] },
      { workflow: 'doctor', problems: [TYPO] },
      { workflow: 'forgetPerson', problems: [TYPO] },
      { workflow: 'inspectDestination', problems: [TYPO] },
    ],
    says: ({ workflow, problems }) =>
      `The input of workflow ${workflow} is not valid (${problems.map(problemInWords).join('; ')}). ` +
      `Example: ${EXAMPLES[workflow]}.`,
  }),
  requestUnusable: failure<{ problems: ArgumentProblem[] }>('InvalidActivation', {
    examples: [{ problems: [NO_HASH] }, { problems: [{ field: '', expected: 'a group of settings' }] }],
    says: ({ problems }) =>
      problems
        .map((problem) =>
          'field' in problem && problem.field === ''
            ? `the request: expected ${problem.expected}`
            : problemInWords(problem),
        )
        .join('; '),
  }),
};

function problemInWords(problem: ArgumentProblem): string {
  if ('unknown' in problem)
    return `${problem.unknown.length === 1 ? 'unknown field' : 'unknown fields'}: ${problem.unknown.map(withFormer).join(', ')}`;
  return problem.field === '' ? 'expected one JSON object' : `${problem.field}: expected ${problem.expected}`;
}

function withFormer(field: string): string {
  const now = FORMER_FIELDS[field];
  return now === undefined ? field : `${field} (now ${now})`;
}
