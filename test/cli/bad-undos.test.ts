import { beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../cli/exit-codes.ts';
import { WORKFLOW_TYPE } from '../../contract/names.ts';
import { pastForTests, seedPeople } from './past/support.ts';

const past = pastForTests({ reset: beforeAll });

beforeAll(async () => {
  await seedPeople(past.stand);
  await past.hosted.run();
});

test.each<{ what: string; args: string; code: number; says: string | RegExp }>([
  {
    what: 'an undo to something other than a number',
    args: 'undo vip --to yesterday',
    code: EXIT.usage,
    says: "error: option '--to <run>' argument 'yesterday' is invalid. Expected a whole number of at least 1.",
  },
  {
    what: 'an undo that is applied without a reason',
    args: 'undo vip --to 1 --plan 0123456789ab',
    code: EXIT.usage,
    says: 'InvalidActivation: --plan requires --reason.',
  },
  {
    what: 'an undo with an invalid hash',
    args: 'undo vip --to 1 --plan all --reason x',
    code: EXIT.usage,
    says: 'InvalidActivation: plan: expected a plan hash (12 characters)',
  },
  {
    what: 'an undo that is applied and shows personal data',
    args: 'undo vip --to 1 --plan 0123456789ab --reason x --show-personal-data',
    code: EXIT.usage,
    says: 'InvalidActivation: --out and --show-personal-data show the plan of an undo; they cannot be combined with --plan.',
  },
  {
    what: 'an undo by an unknown plan',
    args: 'undo vip --to 1 --plan 0123456789ab --reason x',
    code: EXIT.failed,
    says: 'PlanUnknown: Activation vip has no plan 0123456789ab.',
  },
  {
    what: 'an undo to an unknown run',
    args: 'undo vip --to 999999',
    code: EXIT.usage,
    says: 'Activation vip has no run 999999, or its record was deleted, did you mean "1"? List the runs: actito-sync history vip',
  },
  {
    what: 'an undo of a misspelled activation',
    args: 'undo vipp --to 1',
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
])(
  '$what: the message says what is wrong, and the command exits with $code',
  async ({ args, code, says }) => {
    const ended = await past.ask(args.split(' '));
    expect(ended.err).toMatch(says);
    expect(ended.code).toBe(code);
  },
);

test.each([
  {
    what: 'without a plan',
    request: { mode: 'undo', to: '1', reason: 'x' },
    says: 'plan: expected a plan hash, because an undo',
  },
  {
    what: 'without a reason',
    request: { mode: 'undo', to: '1', plan: '0123456789ab' },
    says: 'reason: expected text, because an undo needs a reason',
  },
  {
    what: 'together with an approval',
    request: { mode: 'undo', to: '1', plan: '0123456789ab', reason: 'x', approve: '0123456789ab' },
    says: 'unknown field: approve (now the workflow',
  },
  {
    what: 'to an invalid number',
    request: { mode: 'preview', of: { undo: 1 } },
    says: 'of: expected "sync", "resync", "rebase" or {"undo": the number of a run, as text}',
  },
])('the bare request of an undo $what is rejected at once', async ({ request, says }) => {
  const { client, taskQueue } = past.hosted;
  const failed = client.workflow.execute(WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `${taskQueue}/bare`,
    args: [{ activation: 'vip', ...request }],
  });
  await expect(failed).rejects.toMatchObject({
    cause: { type: 'InvalidActivation', message: expect.stringContaining(says) },
  });
});
