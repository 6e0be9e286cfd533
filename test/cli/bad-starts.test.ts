import { expect, test } from 'vitest';
import { standWithWorker } from '../support/temporal-run.ts';
import type { FailedJson } from '../../cli/errors.ts';
import { cli } from './support.ts';

const { stand, hosted } = await standWithWorker();

const WRONG_COMMAND_LINE = 2;
const FAILED = 1;

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
    code: WRONG_COMMAND_LINE,
    says: 'Usage: actito-sync [options] [command]',
  },
  {
    what: 'an unknown command',
    args: ['rum', 'vip'],
    code: WRONG_COMMAND_LINE,
    says: "error: unknown command 'rum'\n(Did you mean run?)",
  },
  {
    what: 'a run without an activation',
    args: ['run'],
    code: WRONG_COMMAND_LINE,
    says: "error: missing required argument 'activation'",
  },
  {
    what: 'a run of an empty name',
    args: ['run', ''],
    code: WRONG_COMMAND_LINE,
    says: 'InvalidActivation: activation: expected the id of an activation (the name of its file without .yaml)',
  },
  {
    what: 'an unknown option',
    args: ['run', 'vip', '--dryrun'],
    code: WRONG_COMMAND_LINE,
    says: "error: unknown option '--dryrun'\n(Did you mean --dry-run?)",
  },
  {
    what: 'a rebase without a reason',
    args: ['rebase', 'vip'],
    code: WRONG_COMMAND_LINE,
    says: "error: required option '--reason <text>' not specified",
  },
  {
    what: 'a reason that is too long',
    args: ['run', 'vip', '--reason', 'x'.repeat(201)],
    code: WRONG_COMMAND_LINE,
    says: 'InvalidActivation: reason: expected text of at most 200 characters',
  },
  {
    what: 'a misspelled activation',
    args: ['run', 'vipp'],
    code: WRONG_COMMAND_LINE,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a misspelled activation, with --json',
    args: ['run', 'vipp', '--dry-run', '--json'],
    code: WRONG_COMMAND_LINE,
    says: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?',
  },
  {
    what: 'a file instead of an activation',
    args: ['run', 'activations/vip.yaml'],
    code: WRONG_COMMAND_LINE,
    says: 'InvalidActivation: The project has no activation "activations/vip.yaml" (known: vip)',
  },
  {
    what: 'an incomplete command',
    args: ['schedule'],
    code: WRONG_COMMAND_LINE,
    says: 'Usage: actito-sync schedule [options] [command]',
  },
  {
    what: 'schedules without a project',
    args: ['schedule', 'apply', '--dry-run'],
    code: FAILED,
    says: 'ConfigurationInvalid: The project folder /nowhere does not exist. Set ACTITO_SYNC_PROJECT to the folder with',
    project: '/nowhere',
  },
  {
    what: 'attributes of a misspelled destination',
    args: ['attributes', 'Actio'],
    code: WRONG_COMMAND_LINE,
    says: 'has no destination "Actio", did you mean "actito"?',
  },
  {
    what: 'attributes of a source',
    args: ['attributes', 'shop', '--json'],
    code: WRONG_COMMAND_LINE,
    says: 'has no destination "shop" (known: actito)',
  },
  {
    what: 'attributes without a project',
    args: ['attributes', 'actito'],
    code: FAILED,
    says: 'ConfigurationInvalid: The project folder /nowhere does not exist.',
    project: '/nowhere',
  },
])(
  '$what: the message says what is wrong, and the command exits with $code',
  async ({ args, code, says, project }) => {
    const env = { ACTITO_SYNC_PROJECT: project ?? stand.projectFolder };
    const ended = await cli(args, { env, taskQueue: hosted.taskQueue });
    expect(ended.out.startsWith('{') ? wordsOf(ended.out) : ended.err).toContain(says);
    expect(ended.code).toBe(code);
    expect(args.includes('--json') ? ended.err : ended.out).toBe('');
  },
);

/** The message of a failure that was printed as JSON. */
function wordsOf(line: string): string {
  const { error } = JSON.parse(line) as FailedJson;
  return `${error.type}: ${error.message}`;
}
