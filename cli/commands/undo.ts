import type { Command } from 'commander';
import { Failure } from '../../contract/failure.ts';
import type { CommandContext } from '../context.ts';
import { ACTIVATION, examples, JSON_OPTION, wholeNumber } from '../options.ts';
import { planAndTell, type PlanFlags } from './plan.ts';
import { runAndTell } from './run.ts';

interface UndoFlags extends PlanFlags {
  to: number;
  plan?: string;
  reason?: string;
}

/** Adds `undo <activation> --to <run>`. */
export function defineUndo(program: Command, context: CommandContext): void {
  program
    .command('undo')
    .description('put a list back to how it was after an earlier run')
    .argument('<activation>', ACTIVATION)
    .requiredOption(
      '--to <run>',
      'the run after which the list was right; history shows the runs',
      wholeNumber,
    )
    .option('--plan <hash>', 'apply exactly this plan, which an undo without --plan has shown')
    .option('--reason <text>', 'why; needed with --plan')
    .option('--json', JSON_OPTION)
    .option('--out <file>', 'also write the plan as JSON into this file')
    .option('--show-personal-data', 'show whom the sample of the plan is about')
    .addHelpText('after', WHAT_FOLLOWS)
    .addHelpText(
      'after',
      examples(
        ['undo vip-customers --to 41', 'who would enter and leave; writes nothing to Actito'],
        [
          "undo vip-customers --to 41 --plan 0123456789ab --reason 'bad load'",
          'what that has shown, and nothing else',
        ],
      ),
    )
    .action((activation: string, flags: UndoFlags) => undo(activation, flags, context));
}

const WHAT_FOLLOWS = `
Only who is on the list is undone; attributes stay as they are. The next ordinary run makes the list follow its segment
again: correct that first, or pause the schedule. Guards judge it as any plan; a held one is answered by approve or decline.`;

async function undo(
  activation: string,
  { to, plan, reason, ...flags }: UndoFlags,
  context: CommandContext,
): Promise<void> {
  if (plan === undefined)
    return planAndTell({ mode: 'preview', activation, of: { undo: String(to) }, reason }, flags, context);
  if (reason === undefined) throw new Failure('undoNeedsReason', {});
  if (flags.out !== undefined || flags.showPersonalData) throw new Failure('undoShowsNoPlan', {});
  return runAndTell(
    { mode: 'undo', activation, to: String(to), plan, reason },
    { json: flags.json },
    context,
  );
}
