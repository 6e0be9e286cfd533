import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { decisionSchema, type DecisionRequest } from '../../contract/decision.ts';
import { decide, type AskOptions, type RunHandle } from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import { describeTrouble } from '../output/errors.ts';
import { describeDecline } from '../output/held.ts';
import { checked } from '../run/check.ts';
import { examples, type CommandContext } from './context.ts';
import { followStarted, NO_WORKER } from './follow.ts';
import { ACTIVATION, hintAfterError, JSON_OPTION } from './options.ts';
import { maxRejects, RESULT_AS_JSON, tellResult, type RunOutput } from './run.ts';
import type { Surroundings } from './surroundings.ts';
import { WHO_BY_DEFAULT, whoAmI } from './who.ts';

interface Decided {
  reason: string;
  by?: string;
}

const HASH = 'the hash of the held plan; the run that was held has printed it';
const REASON = 'why; kept with the decision';
export const BY = `who decides; ${WHO_BY_DEFAULT}`;

/** Adds `approve <activation> <planHash>`. */
export function defineApprove(program: Command, context: CommandContext): void {
  program
    .command('approve')
    .description('approve the plan of a run that a guard held, and run at once; follow it to its end')
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
        ["approve vip-customers 0123456789ab --reason 'spring clean-up'", 'as the held run says'],
        ["approve vip-customers 0123456789ab --reason 'clean-up' --by anna", 'on behalf of someone'],
      ),
    )
    .action((activation: string, plan: string, { reason, by, ...output }: Decided & RunOutput) => {
      const { surroundings, connected } = context;
      const who = by ?? whoAmI(surroundings);
      const decision = checked(decisionSchema, { decision: 'approve', activation, plan, reason, by: who });
      return connected((client) => approve(client, decision, output, surroundings));
    });
}

const HOW_LONG = `
The run passes the guards as long as its figures, counted anew, exceed the approved ones by no more than 10 %; otherwise
it is held again. An approval is used up by the first run that succeeds, and counts for 24 hours.`;

const NOT_REJECTS =
  '(Did you mean rejects? That lists the rows that could not be used. reject refuses a plan, by its hash.)';
const ONE_LETTER = `
reject decides about a plan; rejects (with an s) lists the rows and values that could not be used.`;

/** Adds `reject <activation> <planHash>`. */
export function defineReject(program: Command, { surroundings, connected }: CommandContext): void {
  const command = program.command('reject');
  hintAfterError(command, (words) => words.length < 2, NOT_REJECTS);
  command
    .description(
      'refuse a plan: record that the plan of a run that a guard held must not be applied; takes back an approval',
    )
    .argument('<activation>', ACTIVATION)
    .argument('<planHash>', HASH)
    .requiredOption('--reason <text>', REASON)
    .option('--by <name>', BY)
    .option('--json', JSON_OPTION)
    .addHelpText('after', ONE_LETTER)
    .addHelpText(
      'after',
      examples(
        ["reject vip-customers 0123456789ab --reason 'orders are not loaded'", 'runs go on being held'],
        ["reject vip-customers 0123456789ab --reason 'not loaded' --json", 'for a program'],
      ),
    )
    .action(
      (activation: string, plan: string, { reason, by, json = false }: Decided & { json?: boolean }) => {
        const who = by ?? whoAmI(surroundings);
        const decision = checked(decisionSchema, { decision: 'decline', activation, plan, reason, by: who });
        return connected((client) => decline(client, decision, json, surroundings));
      },
    );
}

/** Records an approval, and follows the run that it has started. @returns the exit code */
async function approve(
  client: Client,
  decision: DecisionRequest,
  output: RunOutput,
  surroundings: Surroundings,
): Promise<number> {
  const { run } = await decide(client, decision, asking(surroundings));
  const recorded = () => surroundings.err.write('The approval is recorded: it counts for the next run.\n');
  if (!run) {
    recorded();
    return EXIT.busy;
  }
  const handle: RunHandle = client.workflow.getHandle(run.workflowId, run.runId);
  const started = { handle, request: run.request, attached: false };
  const { json = false } = output;
  const result = await followStarted(started, { json }, surroundings);
  if (result?.outcome === 'skipped') recorded();
  return tellResult(result, output, surroundings);
}

/** Records a decline. @returns the exit code */
async function decline(
  client: Client,
  decision: DecisionRequest,
  json: boolean,
  surroundings: Surroundings,
): Promise<number> {
  const result = await decide(client, decision, asking(surroundings));
  const lines = json ? [JSON.stringify(result, null, 2)] : describeDecline(result);
  surroundings.out.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

function asking({ err, signal, taskQueue }: Surroundings): AskOptions {
  return {
    taskQueue,
    signal,
    onSilence: () => err.write(`${NO_WORKER}\n`),
    onTrouble: (trouble) => err.write(`${describeTrouble(trouble)}\n`),
  };
}
