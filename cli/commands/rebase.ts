import type { Command } from 'commander';
import { answersFrom } from '../ask.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { ACTIVATION, examples, RESULT_AS_JSON } from '../options.ts';
import { planAndTell } from './plan.ts';
import { checkedRequest, follow } from './run.ts';

interface RebaseFlags {
  dryRun?: boolean;
  reason?: string;
  yes?: boolean;
  json?: boolean;
}

export function defineRebase(program: Command, context: CommandContext): void {
  const command = program.command('rebase');
  command
    .description('assume Actito already matches the segment; sends nothing')
    .argument('<activation>', ACTIVATION)
    .option('--dry-run', 'show what it would assume; changes nothing')
    .option('--reason <text>', 'why; stored with the run; required without --dry-run')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', RESULT_AS_JSON)
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['rebase vip-customers --dry-run', 'what it would assume'],
        ["rebase vip-customers --reason 'state lost'", 'after losing the state database'],
        ["rebase vip-customers --reason 'state lost' --yes", 'without confirmation'],
      ),
    )
    .action(async (activation: string, { dryRun, reason, yes = false, json = false }: RebaseFlags) => {
      if (dryRun)
        return planAndTell({ mode: 'preview', activation, of: 'rebase', reason }, { json }, context);
      if (reason === undefined)
        return command.error("error: required option '--reason <text>' not specified");
      const request = await checkedRequest({ mode: 'rebase', activation, reason }, context);
      return context.connected(async (client) => {
        const { in: input, err } = context;
        const out = json ? err : context.out; // programs read stdout, so the question goes to stderr
        if (!yes && !(await confirmed(question(activation), { in: input, out }))) {
          out.write('\nNothing was changed.\n');
          return EXIT.interrupted;
        }
        return follow(client, request, { json }, context);
      });
    });
}

const WHAT = `
From then on, everyone in the segment counts as on the list, and all attributes count as confirmed. A value that differs in
Actito stays different until it changes in the warehouse; to send everything, use resync. The next run delivers the list.`;

function question(activation: string): string {
  return (
    `This assumes that Actito already matches the segment of ${activation}. Values that differ in Actito are not sent ` +
    'until they change; to send everything, run resync instead. Continue?'
  );
}

/**
 * Asks for confirmation on a terminal. Without a terminal, it asks nothing and continues.
 * @returns false for anything but yes, including Ctrl-C and Ctrl-D
 */
async function confirmed(
  question: string,
  { in: input, out }: Pick<Context, 'in' | 'out'>,
): Promise<boolean> {
  if (!input?.isTTY) return true;
  const answers = answersFrom(input, out);
  try {
    const line = await answers.line(`${question} [y/N] `);
    return /^y(es)?$/i.test(line?.trim() ?? '');
  } finally {
    answers.close();
  }
}
