import { expect, test } from 'vitest';
import { EXIT } from '../../cli/exit-codes.ts';
import { standWithWorker } from '../support/temporal-run.ts';
import type { FailedJson } from '../../cli/errors.ts';
import { cli } from './support.ts';

const { stand, hosted } = await standWithWorker();

interface BadStart {
  what: string;
  args: string[];
  code: number;
  says: string;
  /** Default: that of the stand. */
  project?: string;
}

test.each<BadStart>([
  {
    what: 'no command',
    args: [],
    code: EXIT.usage,
    says: 'Usage: actito-sync [options] [command]',
  },
  {
    what: 'an unknown command',
    args: ['rum', 'vip'],
    code: EXIT.usage,
    says: "error: unknown command 'rum'\n(Did you mean run?)",
  },
  {
    what: 'a run of an empty name',
    args: ['run', ''],
    code: EXIT.usage,
    says: 'InvalidActivation: activation: expected the id of an activation (the name of its file without .yaml)',
  },
  {
    what: 'an unknown option',
    args: ['run', 'vip', '--dryrun'],
    code: EXIT.usage,
    says: "error: unknown option '--dryrun'\n(Did you mean --dry-run?)",
  },
  {
    what: 'a rebase without a reason',
    args: ['rebase', 'vip'],
    code: EXIT.usage,
    says: "error: required option '--reason <text>' not specified",
  },
  {
    what: 'a reason that is too long',
    args: ['run', 'vip', '--reason', 'x'.repeat(201)],
    code: EXIT.usage,
    says: 'InvalidActivation: reason: expected text of at most 200 characters',
  },
  {
    what: 'a misspelled activation',
    args: ['run', 'vipp'],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a misspelled activation, with --json',
    args: ['run', 'vipp', '--dry-run', '--json'],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a file instead of an activation',
    args: ['run', 'activations/vip.yaml'],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "activations/vip.yaml" (known: vip)',
  },
  {
    what: 'a run with a file name instead of a hash',
    args: ['run', 'vip', '--plan', 'plan.json'],
    code: EXIT.usage,
    says: 'InvalidActivation: plan: expected a plan hash (12 characters)',
  },
  {
    what: 'a run of an unknown plan',
    args: ['run', 'vip', '--plan', '0123456789ab'],
    code: EXIT.failed,
    says: 'PlanUnknown: Activation vip has no plan 0123456789ab.',
  },
  {
    what: 'a rebase of a misspelled activation',
    args: ['rebase', 'vipp', '--reason', 'x', '--yes'],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a pause of a misspelled activation',
    args: ['schedule', 'pause', 'vipp'],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a cancellation of a misspelled activation',
    args: ['cancel', 'vipp'],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a plan for a misspelled activation',
    args: ['plan', 'vipp'],
    code: EXIT.usage,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'an incomplete command',
    args: ['schedule'],
    code: EXIT.usage,
    says: 'Usage: actito-sync schedule [options] [command]',
  },
  {
    what: 'schedules without a project',
    args: ['schedule', 'apply', '--dry-run'],
    code: EXIT.failed,
    says: 'ConfigurationInvalid: The project folder /nowhere does not exist. Set ACTITO_SYNC_PROJECT to the folder with',
    project: '/nowhere',
  },
  {
    what: 'attributes of a misspelled destination',
    args: ['attributes', 'Actio'],
    code: EXIT.usage,
    says: 'has no destination "Actio", did you mean "actito"?',
  },
  {
    what: 'attributes of a source',
    args: ['attributes', 'shop', '--json'],
    code: EXIT.usage,
    says: 'has no destination "shop" (known: actito)',
  },
  {
    what: 'attributes without a project',
    args: ['attributes', 'actito'],
    code: EXIT.failed,
    says: 'ConfigurationInvalid: The project folder /nowhere does not exist.',
    project: '/nowhere',
  },
])(
  '$what: the message says what is wrong, and the command exits with $code',
  async ({ args, code, says, project }) => {
    const env = {
      ACTITO_SYNC_PROJECT: project ?? stand.projectFolder,
      ACTITO_SYNC_DATABASE_URL: stand.stateUrl,
    };
    const ended = await cli(args, { env, taskQueue: hosted.taskQueue });
    expect(ended.out.startsWith('{') ? wordsOf(ended.out) : ended.err).toContain(says);
    expect(ended.code).toBe(code);
    expect(args.includes('--json') ? ended.err : ended.out).toBe('');
  },
);

test('none of them started a run', async () => {
  const { rows } = await stand.state.raw<{ rows: unknown[] }>('select from runs');
  expect(rows).toEqual([]);
});

/** The message of a failure that was printed as JSON. */
function wordsOf(line: string): string {
  const { error } = JSON.parse(line) as FailedJson;
  return `${error.type}: ${error.message}`;
}
