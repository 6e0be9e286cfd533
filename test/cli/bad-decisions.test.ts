import { beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../cli/exit-codes.ts';
import { DECIDE_WORKFLOW_TYPE } from '../../contract/decision.ts';
import { guardedForTests, hashIn } from './approval-support.ts';

const past = guardedForTests({ reset: beforeAll });

/** A plan that needs a decision. */
let hash: string;
beforeAll(async () => {
  await past.leave(60);
  hash = hashIn((await past.held()).err);
});

interface Bad {
  what: string;
  /** `HASH` stands for the plan that needs a decision. */
  args: string[];
  code: number;
  says: string | RegExp;
  env?: NodeJS.ProcessEnv;
}

const CLEAN_UP = ['--reason', 'a clean-up', '--by', 'anna'];

test.each<Bad>([
  {
    what: 'an approval with an empty reason',
    args: ['approve', 'vip', 'HASH', '--reason', ''],
    code: EXIT.usage,
    says: 'InvalidActivation: reason: expected non-empty text',
  },
  {
    what: 'an approval with a reason that is too long',
    args: ['approve', 'vip', 'HASH', '--reason', 'x'.repeat(201)],
    code: EXIT.usage,
    says: 'InvalidActivation: reason: expected text of at most 200 characters',
  },
  {
    what: 'an approval by a name that is too long',
    args: ['approve', 'vip', 'HASH', '--reason', 'x'],
    env: { ACTITO_SYNC_USER: 'x'.repeat(101) },
    code: EXIT.usage,
    says: 'InvalidActivation: by: expected text of at most 100 characters',
  },
  {
    what: 'an approval without a name',
    args: ['approve', 'vip', 'HASH', '--reason', 'x', '--by', ''],
    code: EXIT.usage,
    says: 'InvalidActivation: by: expected non-empty text',
  },
  {
    what: 'an approval without a hash',
    args: ['approve', 'vip', 'latest', ...CLEAN_UP],
    code: EXIT.usage,
    says: 'InvalidActivation: plan: expected a plan hash (12 characters)',
  },
  {
    what: 'an approval of an unknown plan',
    args: ['approve', 'vip', '0123456789ab', ...CLEAN_UP],
    code: EXIT.failed,
    says: 'PlanUnknown: Activation vip has no plan 0123456789ab. Find the plan hash in the output of plan',
  },
  {
    what: 'an approval for a misspelled activation',
    args: ['approve', 'vipp', 'HASH', ...CLEAN_UP],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a decline with a reason that is too long',
    args: ['decline', 'vip', 'HASH', '--reason', 'x'.repeat(201)],
    code: EXIT.usage,
    says: 'InvalidActivation: reason: expected text of at most 200 characters',
  },
  {
    what: 'a decline without a hash',
    args: ['decline', 'vip', 'HASH0', ...CLEAN_UP],
    code: EXIT.usage,
    says: 'InvalidActivation: plan: expected a plan hash (12 characters)',
  },
  {
    what: 'a decline of an unknown plan',
    args: ['decline', 'vip', '0123456789ab', ...CLEAN_UP],
    code: EXIT.failed,
    says: 'PlanUnknown: Activation vip has no plan 0123456789ab.',
  },
  {
    what: 'a decline for a misspelled activation',
    args: ['decline', 'vipp', 'HASH', ...CLEAN_UP],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a decline by its former name, without a hash',
    args: ['reject', 'vip', ...CLEAN_UP],
    code: EXIT.usage,
    says: "error: missing required argument 'planHash'\n(Did you mean rejects?",
  },
  {
    what: 'an approval of a hash with a typing error',
    args: ['approve', 'vip', 'TYPO', ...CLEAN_UP],
    code: EXIT.failed,
    says: /^PlanUnknown: Activation vip has no plan [0-9a-f]{12}, did you mean "[0-9a-f]{12}"\?/,
  },
])(
  '$what: the message says what is wrong, nothing starts, and the command exits with $code',
  async ({ args, code, says, env }) => {
    const before = await workflows();
    const ended = await past.ask(
      args.map((word) => word.replace('HASH', hash).replace('TYPO', mistyped(hash))),
      { env },
    );
    expect(ended.err).toMatch(says);
    expect(ended.code).toBe(code);
    expect(past.listed()).toBe(120);
    const { rows } = await past.stand.state.raw<{ rows: unknown[] }>('select from decisions');
    expect(rows).toEqual([]);
    expect(await workflows()).toEqual(before);
  },
);

/** The executions of this stand's worker. */
async function workflows(): Promise<string[]> {
  const { client, taskQueue } = past.hosted;
  const ids: string[] = [];
  for await (const { runId } of client.workflow.list({ query: `TaskQueue="${taskQueue}"` })) ids.push(runId);
  return ids.sort();
}

function mistyped(hash: string): string {
  return hash.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
}

test('a bare approval of an unknown plan writes nothing, and starts nothing', async () => {
  const { client, taskQueue } = past.hosted;
  const failed = client.workflow.execute(DECIDE_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `${taskQueue}/bare`,
    args: [{ decision: 'approve', activation: 'vip', plan: '0123456789ab', reason: 'x' }],
  });
  await expect(failed).rejects.toMatchObject({ cause: { type: 'PlanUnknown' } });
  const { rows } = await past.stand.state.raw<{ rows: unknown[] }>('select from decisions');
  expect(rows).toEqual([]);
});
