import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { refusalSchema, type RefusalInput } from '../../contract/refusal.ts';
import { refusePlan } from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import { describeTrouble } from '../output/errors.ts';
import { describeRefusal } from '../output/held.ts';
import { checked } from '../run/check.ts';
import { examples, type CommandContext } from './context.ts';
import { NO_WORKER } from './follow.ts';
import { ACTIVATION, hintAfterError, JSON_OPTION } from './options.ts';
import { maxRejects, RESULT_AS_JSON, runAndTell, type RunOutput } from './run.ts';
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
    .action((activation: string, approve: string, { reason, by, ...output }: Decided & RunOutput) =>
      runAndTell({ activation, approve, reason, by: by ?? whoAmI(context.surroundings) }, output, context),
    );
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
        const refusal = checked(refusalSchema, { activation, plan, reason, by: by ?? whoAmI(surroundings) });
        return connected((client) => reject(client, refusal, json, surroundings));
      },
    );
}

async function reject(
  client: Client,
  refusal: RefusalInput,
  json: boolean,
  { out, err, signal, taskQueue }: Surroundings,
): Promise<number> {
  const result = await refusePlan(client, refusal, {
    taskQueue,
    signal,
    onSilence: () => err.write(`${NO_WORKER}\n`),
    onTrouble: (trouble) => err.write(`${describeTrouble(trouble)}\n`),
  });
  const lines = json ? [JSON.stringify(result, null, 2)] : describeRefusal(result);
  out.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
