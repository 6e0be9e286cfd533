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

export function defineUndo(program: Command, context: CommandContext): void {
  program
    .command('undo')
    .description('put a list back to how it was after an earlier run')
    .argument('<activation>', ACTIVATION)
    .requiredOption('--to <run>', 'the run after which the list was correct; see history', wholeNumber)
    .option('--plan <hash>', 'apply exactly this plan, as shown without --plan')
    .option('--reason <text>', 'why; required with --plan')
    .option('--json', JSON_OPTION)
    .option('--out <file>', 'also write the plan as JSON to this file')
    .option('--show-personal-data', 'show the keys of the samples')
    .addHelpText('after', WHAT_FOLLOWS)
    .addHelpText(
      'after',
      examples(
        ['undo vip-customers --to 41', 'show added and removed members; writes nothing to Actito'],
        ["undo vip-customers --to 41 --plan 0123456789ab --reason 'bad load'", 'apply exactly that plan'],
      ),
    )
    .action((activation: string, flags: UndoFlags) => undo(activation, flags, context));
}

const WHAT_FOLLOWS = `
An undo changes only who is on the list; attributes stay as they are. The next regular run makes the list match its segment
again: correct the segment first, or pause the schedule. Guards also check an undo; if they hold it, approve or decline it.`;

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
