import { Command } from 'commander';
import { defineCancel } from './commands/cancel.ts';
import { defineCompletion } from './commands/completion.ts';
import { type CommandContext } from './commands/context.ts';
import { PROGRAM } from '../contract/commands.ts';
import { defineApprove, defineReject } from './commands/decide.ts';
import { defineDoctor } from './commands/doctor.ts';
import { defineExplain } from './commands/explain.ts';
import { defineForget } from './commands/forget.ts';
import { defineForgotten } from './commands/forgotten.ts';
import { defineHistory } from './commands/history.ts';
import { defineInit } from './commands/init.ts';
import { defineInspections } from './commands/inspect.ts';
import { definePlan } from './commands/plan.ts';
import { defineRebase } from './commands/rebase.ts';
import { defineRejects } from './commands/rejects.ts';
import { definePrograms } from './commands/programs.ts';
import { defineResync, defineRun } from './commands/run.ts';
import { defineSchedule } from './commands/schedule.ts';
import { defineStatus } from './commands/status.ts';
import { defineUndo } from './commands/undo.ts';
import { defineValidate } from './commands/validate.ts';

/** The commands under their headings, in the order of their help. */
const GROUPS: Record<string, ((program: Command, context: CommandContext) => void)[]> = {
  'Project folder:': [defineInit, defineValidate, defineDoctor],
  'Runs:': [
    definePlan,
    defineRun,
    defineResync,
    defineRebase,
    defineUndo,
    defineApprove,
    defineReject,
    defineCancel,
  ],
  'What happened:': [defineStatus, defineHistory, defineRejects, defineExplain],
  'People:': [defineForget, defineForgotten],
  'Schedules:': [defineSchedule],
  'What is in Actito:': [defineInspections],
  'On this machine:': [definePrograms, defineCompletion],
};

/** The whole command line as commander knows it; nothing is run. */
export function createProgram(context: CommandContext): Command {
  const { out, err } = context.surroundings;
  const program = new Command(PROGRAM)
    .description('Keeps segments of a warehouse alive in Actito as external target lists.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .showHelpAfterError('(--help shows what is possible)');
  for (const [heading, defines] of Object.entries(GROUPS)) {
    program.commandsGroup(heading);
    for (const define of defines) define(program, context);
  }
  return program;
}
