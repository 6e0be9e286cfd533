import type { Command } from 'commander';
import type { ActivationClient } from '../../client/activation-client.ts';
import type { DecisionRequest, DecisionResult } from '../../contract/decision.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { followStarted, waiting } from '../follow.ts';
import {
  ACTIVATION,
  examples,
  hintAfterError,
  JSON_OPTION,
  RESULT_AS_JSON,
  WHO_BY_DEFAULT,
  whoAmI,
} from '../options.ts';
import { jsonOf } from '../output.ts';
import { decisiveCounts } from '../result.ts';
import { maxRejects, tellResult, type RunOutput } from './run.ts';

interface Decided {
  reason: string;
  by?: string;
}

const HASH = 'the hash of the held plan, as printed by the held run';
const REASON = 'why; stored with the decision';
const BY = `who decides; ${WHO_BY_DEFAULT}`;

export function defineApprove(program: Command, context: CommandContext): void {
  program
    .command('approve')
    .description('approve a held plan and run it')
    .argument('<activation>', ACTIVATION)
    .argument('<planHash>', HASH)
    .requiredOption('--reason <text>', REASON)
    .option('--by <name>', BY)
    .addOption(maxRejects())
    .option('--json', RESULT_AS_JSON)
    .addHelpText('after', HOW_LONG)
    .addHelpText(
      'after',
      examples(
        ["approve vip-customers 0123456789ab --reason 'spring clean-up'", 'as printed by the held run'],
        ["approve vip-customers 0123456789ab --reason 'clean-up' --by anna", 'on behalf of someone'],
      ),
    )
    .action(async (activation: string, plan: string, { reason, by, ...output }: Decided & RunOutput) => {
      const decision = await checkedDecision('approve', { activation, plan, reason, by }, context);
      return context.connected((client) => approve(client, decision, output, context));
    });
}

const HOW_LONG = `
The run passes the guards if its new figures exceed the approved ones by at most 10 %; otherwise it is held again. An
approval ends with the first run that succeeds, or after 24 hours.`;

export function defineDecline(program: Command, context: CommandContext): void {
  addDecline(program.command('decline'), context);
}

const NOT_REJECTS =
  '(Did you mean rejects? That lists rejected rows and values. decline declines a held plan.)';

/** Adds `reject`, the former name of `decline`. The help does not show it. */
export function defineReject(program: Command, context: CommandContext): void {
  const command = program.command('reject', { hidden: true });
  hintAfterError(command, (words) => words.length < 2, NOT_REJECTS);
  addDecline(command, context);
}

function addDecline(command: Command, context: CommandContext): void {
  command
    .description('decline a held plan, or withdraw its approval')
    .argument('<activation>', ACTIVATION)
    .argument('<planHash>', HASH)
    .requiredOption('--reason <text>', REASON)
    .option('--by <name>', BY)
    .option('--json', JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        ["decline vip-customers 0123456789ab --reason 'orders are not loaded'", 'such runs stay held'],
        ["decline vip-customers 0123456789ab --reason 'not loaded' --json", 'for a program'],
      ),
    )
    .action(
      async (activation: string, plan: string, { json = false, ...why }: Decided & { json?: boolean }) => {
        const decision = await checkedDecision('decline', { activation, plan, ...why }, context);
        return context.connected((client) => decline(client, decision, json, context));
      },
    );
}

/**
 * Checks a decision before the command asks for confirmation. @throws Failure InvalidActivation, PlanUnknown,
 * ConfigurationInvalid
 */
async function checkedDecision(
  decision: DecisionRequest['decision'],
  { by, ...what }: Decided & { activation: string; plan: string },
  context: Context,
): Promise<DecisionRequest> {
  const { checkDecision } = await import('../../client/ask-worker.ts');
  const { checkNamed } = await import('../project.ts');
  const checked = checkDecision({ decision, ...what, by: by ?? whoAmI(context) });
  await checkNamed(checked, context.env);
  return checked;
}

/** Records an approval and follows the run that it starts. @returns the exit code */
async function approve(
  client: ActivationClient,
  decision: DecisionRequest,
  output: RunOutput,
  context: Context,
): Promise<number> {
  const decided = await client.approve(decision, waiting(context));
  const { run } = decided;
  const recorded = () => context.err.write('The approval is recorded and applies to the next run.\n');
  if (!run) {
    if (output.json) context.out.write(`${jsonOf('decision', { ...decided, run })}\n`);
    else recorded();
    return EXIT.busy;
  }
  const handle = client.attach(run.workflowId, run.runId);
  const started = { handle, request: run.request, attached: false };
  const { json = false } = output;
  const result = await followStarted(client, started, { json }, context);
  if (result?.outcome === 'skipped') recorded();
  return tellResult(result, output, context);
}

/** @returns the exit code */
async function decline(
  client: ActivationClient,
  decision: DecisionRequest,
  json: boolean,
  context: Context,
): Promise<number> {
  const result = await client.decline(decision, waiting(context));
  const lines = json ? [jsonOf('decision', { ...result, run: null })] : describeDecline(result);
  context.out.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

function describeDecline({ activation, plan, by, reason, counts }: DecisionResult): string[] {
  return [
    `${activation}: plan ${plan} was declined by ${by} (self-reported): ${reason}`,
    `  ${decisiveCounts(counts)}`,
    'Runs and schedules continue. A run that would do the same is held again.',
  ];
}
