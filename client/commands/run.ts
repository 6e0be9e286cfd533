import type { Client } from '@temporalio/client';
import { Option, type Command } from 'commander';
import { requestSchema, type RunInput, type RunRequest } from '../../contract/request.ts';
import type { RunResult } from '../../contract/result.ts';
import { EXIT } from '../exit-codes.ts';
import { describePlan } from '../output/plan.ts';
import { describeResult } from '../output/result.ts';
import { checked } from '../run/check.ts';
import { exceeds, parseLimit, rejectsOf, type Limit } from '../run/reject-limit.ts';
import { examples, type CommandContext } from './context.ts';
import { startAndFollow } from './follow.ts';
import { ACTIVATION } from './options.ts';
import type { Surroundings } from './surroundings.ts';

/** How a run is told, and what of its result is an error. */
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

/** Adds `run <activation>`. */
export function defineRun(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('start a run, or attach to the one that does the same now; follow it to its end')
    .argument('<activation>', ACTIVATION)
    .option('--dry-run', 'read and compare only; nothing is written to Actito')
    .option('--resync', 'send everything, whatever Actito acknowledged before')
    .addOption(
      new Option(
        '--plan <hash>',
        'apply exactly this plan; when a run would do anything else, it ends as PlanStale',
      ).conflicts('dryRun'),
    )
    .option('--reason <text>', 'why, for those who read about the run later')
    .addOption(maxRejects())
    .option('--json', RESULT_AS_JSON)
    .addHelpText(
      'after',
      examples(
        ['run vip-customers', 'now, beside its schedule'],
        ['run vip-customers --dry-run', 'what it would do'],
        ['run vip-customers --plan 0123456789ab', 'what plan has shown, and nothing else'],
        ["run vip-customers --resync --reason 'restored'", 'everything again'],
        ['run vip-customers --max-rejects 1%', 'for a pipeline that minds rejects'],
        ['run vip-customers --json', 'for a program'],
      ),
    )
    .action((activation: string, { maxRejects, json, ...flags }: RunFlags) =>
      runAndTell(requestOf(activation, flags), { maxRejects, json }, context),
    );
}

function requestOf(activation: string, { dryRun, resync, plan, reason }: RunFlags): RunInput {
  if (dryRun) return { mode: 'preview', activation, of: resync ? 'resync' : 'sync', reason };
  return { mode: resync ? 'resync' : 'sync', activation, plan, reason };
}

/** Adds `resync <activation>`: a run that sends everything. */
export function defineResync(program: Command, context: CommandContext): void {
  program
    .command('resync')
    .description('send everything again, whatever Actito acknowledged before: the same as run --resync')
    .argument('<activation>', ACTIVATION)
    .option('--reason <text>', 'why, for those who read about the run later')
    .addOption(maxRejects())
    .option('--json', RESULT_AS_JSON)
    .addHelpText(
      'after',
      examples(
        ["resync vip-customers --reason 'profiles restored'", 'after Actito has lost something'],
        ['resync vip-customers --json', 'for a program'],
      ),
    )
    .action((activation: string, { maxRejects, json, reason }: RunFlags) =>
      runAndTell({ mode: 'resync', activation, reason }, { maxRejects, json }, context),
    );
}

export const RESULT_AS_JSON = 'print the result as JSON, and nothing else';

/** The option `--max-rejects` of commands that run something. */
export function maxRejects(): Option {
  return new Option(
    '--max-rejects <limit>',
    'end with 4 when a run that succeeded has more rejects: a number, or a share of the rows read such as 1%',
  ).argParser(parseLimit);
}

/** Starts or attaches, follows, prints. @throws Failure InvalidActivation at once, what the run failed of */
export async function runAndTell(input: RunInput, output: RunOutput, context: CommandContext): Promise<void> {
  const request = checked(requestSchema, input);
  await context.connected((client) => follow(client, request, output, context.surroundings));
}

/** Starts what was {@link checked}, and tells its result. @returns the exit code */
export async function follow(
  client: Client,
  input: RunRequest,
  output: RunOutput,
  surroundings: Surroundings,
): Promise<number> {
  const { json = false } = output;
  return tellResult(await startAndFollow(client, input, { json }, surroundings), output, surroundings);
}

/** Prints the result of a run; undefined: following it was interrupted. @returns the exit code */
export function tellResult(
  result: RunResult | undefined,
  { json = false, maxRejects }: RunOutput,
  { out, err }: Surroundings,
): number {
  if (!result) return EXIT.interrupted;
  const inWords = () => (result.plan ? describePlan(result, result.plan) : describeResult(result));
  const lines = json ? [JSON.stringify(result, null, 2)] : inWords();
  out.write(`${lines.join('\n')}\n`);
  if (result.outcome === 'skipped') return EXIT.busy;
  if (!maxRejects || !exceeds(result.counts, maxRejects)) return EXIT.ok;
  err.write(`${rejectsOf(result.counts)} rejects are more than --max-rejects ${maxRejects.text}.\n`);
  return EXIT.rejects;
}
