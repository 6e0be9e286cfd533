import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ActivationClient } from '../../client/activation-client.ts';
import type { Counts } from '../../contract/counts.ts';
import { expected } from '../../contract/messages/expected.ts';
import { counted } from '../../contract/messages/words.ts';
import type { RunInput, RunRequest } from '../../contract/request.ts';
import type { RunResult } from '../../contract/result.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { startAndFollow } from '../follow.ts';
import { ACTIVATION, examples, RESULT_AS_JSON } from '../options.ts';
import { jsonOf } from '../output.ts';
import { describePlan } from '../plan.ts';
import type { Named } from '../project.ts';
import { describeResult } from '../result.ts';
import type { Chosen } from './run-many.ts';
import { tableWidth } from '../table.ts';

/** How a command prints a run, and which of its results are errors. */
export interface RunOutput {
  maxRejects?: Limit;
  json?: boolean;
}

interface RunFlags extends RunOutput {
  dryRun?: boolean;
  resync?: boolean;
  plan?: string;
  reason?: string;
}

export function defineRun(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('start a run and follow it')
    .argument('[activation]', ACTIVATION)
    .addOption(new Option('--all', 'run every activation of the project').conflicts(['plan', 'tag']))
    .addOption(new Option('--tag <tag>', 'run the activations that have this tag').conflicts('plan'))
    .option('--dry-run', 'read and compare only; nothing is written to Actito')
    .option('--resync', 'send everything, even what Actito has confirmed')
    .addOption(
      new Option(
        '--plan <hash>',
        'apply exactly this plan; a run that would do anything else fails with PlanStale',
      ).conflicts('dryRun'),
    )
    .option('--reason <text>', 'why; stored with the run')
    .addOption(maxRejects())
    .option('--json', RESULT_AS_JSON)
    .addHelpText('after', MANY)
    .addHelpText(
      'after',
      examples(
        ['run vip-customers', 'now, in addition to its schedule'],
        ['run vip-customers --dry-run', 'what it would do'],
        ['run vip-customers --plan 0123456789ab', 'exactly what plan showed'],
        ["run vip-customers --resync --reason 'restored'", 'everything again'],
        ['run vip-customers --max-rejects 1%', 'for a pipeline that must fail on rejects'],
        ['run --all', 'every activation of the project'],
        ['run --tag nightly --json', 'a group, for a program'],
        ['run vip-customers --json', 'for a program'],
      ),
    )
    .action(
      async (
        activation: string | undefined,
        { maxRejects, json, ...flags }: RunFlags & Chosen,
        command: Command,
      ) => {
        const output = { maxRejects, json };
        const { all, tag } = flags;
        if (activation !== undefined && (all || tag !== undefined))
          command.error(`error: an activation cannot be used with ${all ? '--all' : '--tag'}`);
        if (activation !== undefined) return runAndTell(requestOf(activation, flags), output, context);
        if (!all && tag === undefined) command.error("error: missing required argument 'activation'");
        const { runMany } = await import('./run-many.ts');
        return runMany({ all, tag }, (id) => requestOf(id, flags), output, context);
      },
    );
}

const MANY = `
--all and --tag start the runs together, print a line for each when it ends, and exit with the worst code of them. With
--json, the answer is one object with all results in "runs".`;

function requestOf(activation: string, { dryRun, resync, plan, reason }: RunFlags): RunInput {
  if (dryRun) return { mode: 'preview', activation, of: resync ? 'resync' : 'sync', reason };
  return { mode: resync ? 'resync' : 'sync', activation, plan, reason };
}

/** Adds `resync <activation>`: a run that sends all attributes and the list. */
export function defineResync(program: Command, context: CommandContext): void {
  program
    .command('resync')
    .description('send everything again; the same as run --resync')
    .argument('<activation>', ACTIVATION)
    .option('--reason <text>', 'why; stored with the run')
    .addOption(maxRejects())
    .option('--json', RESULT_AS_JSON)
    .addHelpText(
      'after',
      examples(
        ["resync vip-customers --reason 'profiles restored'", 'after Actito has lost data'],
        ['resync vip-customers --json', 'for a program'],
      ),
    )
    .action((activation: string, { maxRejects, json, reason }: RunFlags) =>
      runAndTell({ mode: 'resync', activation, reason }, { maxRejects, json }, context),
    );
}

/** The option `--max-rejects` of commands that start runs. */
export function maxRejects(): Option {
  return new Option(
    '--max-rejects <limit>',
    'exit with code 4 if a successful run has more rejects: a number, or a share of the rows read such as 1%',
  ).argParser(parseLimit);
}

/** Checks a request before anything starts. @throws Failure InvalidActivation, PlanUnknown, ConfigurationInvalid */
export async function checkedRequest(input: RunInput, { env }: Context): Promise<RunRequest> {
  const { checkRequest } = await import('../../client/start.ts');
  const { checkNamed } = await import('../project.ts');
  const request = checkRequest(input);
  await checkNamed(namedIn(request), env);
  return request;
}

function namedIn(request: RunRequest): Named {
  const { activation } = request;
  const plan = 'plan' in request ? request.plan : undefined;
  if (request.mode === 'undo') return { activation, plan, to: request.to };
  const to = request.mode === 'preview' && typeof request.of === 'object' ? request.of.undo : undefined;
  return { activation, plan, to };
}

/**
 * Starts a run or attaches to it, follows it, and prints the result. @throws Failure InvalidActivation before it
 * starts, or the run's failure
 */
export async function runAndTell(input: RunInput, output: RunOutput, context: CommandContext): Promise<void> {
  const request = await checkedRequest(input, context);
  await context.connected((client) => follow(client, request, output, context));
}

/** Starts a checked request and prints its result. @returns the exit code */
export async function follow(
  client: ActivationClient,
  input: RunRequest,
  output: RunOutput,
  context: Context,
): Promise<number> {
  const { json = false } = output;
  return tellResult(await startAndFollow(client, input, { json }, context), output, context);
}

/** Prints the result of a run; undefined: the user stopped following it. @returns the exit code */
export function tellResult(
  result: RunResult | undefined,
  { json = false, maxRejects }: RunOutput,
  { out, err }: Context,
): number {
  if (!result) return EXIT.interrupted;
  const inWords = () =>
    result.plan ? describePlan(result, result.plan, tableWidth(out)) : describeResult(result);
  const lines = json ? [jsonOf('plan', result)] : inWords();
  out.write(`${lines.join('\n')}\n`);
  const code = codeOf(result, { maxRejects });
  if (code === EXIT.rejects)
    err.write(
      `The run has ${counted(rejectsOf(result.counts), 'reject')}; the limit is --max-rejects ${maxRejects!.text}.\n`,
    );
  return code;
}

export function codeOf(
  { outcome, counts }: RunResult,
  { maxRejects }: Pick<RunOutput, 'maxRejects'>,
): number {
  if (outcome === 'skipped') return EXIT.busy;
  return maxRejects && exceeds(counts, maxRejects) ? EXIT.rejects : EXIT.ok;
}

/** The maximum number of rejects. */
interface Limit {
  /** As the user typed it. */
  text: string;
  most: number;
  /** `most` is a share of the rows read instead of a number. */
  isShare: boolean;
}

/** Parses `--max-rejects`: `100`, or `0.5%` of the rows read. @throws InvalidArgumentError */
function parseLimit(text: string): Limit {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const isShare = percent === '%';
  const most = isShare ? Number(digits) / 100 : Number(digits);
  if (digits !== undefined && (isShare ? most <= 1 : Number.isInteger(most))) return { text, most, isShare };
  throw new InvalidArgumentError(`Expected ${expected('limitOfRejects')}.`);
}

/**
 * Counts what a run could not use: rows without a usable key, members whose rows contradict each other or whose values
 * Actito refused, and single values. Unmatched members are normal, and unsent ones follow with a later run, so neither
 * counts.
 */
function rejectsOf({ rejected, ambiguous, refused, badValues }: Counts): number {
  return [rejected, ambiguous, refused, badValues].reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function exceeds(counts: Counts, { most, isShare }: Limit): boolean {
  return rejectsOf(counts) > (isShare ? most * (counts.read ?? 0) : most);
}
