import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { Command } from 'commander';
import { PROGRAM } from '../contract/commands.ts';
import type { CommandContext } from './context.ts';

type Define = (program: Command, context: CommandContext) => void;

/** The commands under their headings, in the order of the help. Each command's module is loaded when needed. */
const GROUPS: Record<string, Record<string, () => Promise<Define>>> = {
  'Project folder:': {
    init: async () => (await import('./commands/init.ts')).defineInit,
    validate: async () => (await import('./commands/validate.ts')).defineValidate,
    doctor: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  'Runs:': {
    plan: async () => (await import('./commands/plan.ts')).definePlan,
    run: async () => (await import('./commands/run.ts')).defineRun,
    resync: async () => (await import('./commands/run.ts')).defineResync,
    rebase: async () => (await import('./commands/rebase.ts')).defineRebase,
    undo: async () => (await import('./commands/undo.ts')).defineUndo,
    approve: async () => (await import('./commands/decide.ts')).defineApprove,
    decline: async () => (await import('./commands/decide.ts')).defineDecline,
    reject: async () => (await import('./commands/decide.ts')).defineReject,
    cancel: async () => (await import('./commands/cancel.ts')).defineCancel,
  },
  'Reports:': {
    status: async () => (await import('./commands/status.ts')).defineStatus,
    history: async () => (await import('./commands/history.ts')).defineHistory,
    rejects: async () => (await import('./commands/rejects.ts')).defineRejects,
    explain: async () => (await import('./commands/explain.ts')).defineExplain,
  },
  'Erasure requests:': {
    forget: async () => (await import('./commands/forget.ts')).defineForget,
    forgotten: async () => (await import('./commands/forgotten.ts')).defineForgotten,
  },
  'Schedules:': {
    schedule: async () => (await import('./commands/schedule.ts')).defineSchedule,
  },
  'Actito:': {
    attributes: async () => (await import('./commands/inspect.ts')).defineAttributes,
    lists: async () => (await import('./commands/inspect.ts')).defineLists,
    directory: async () => (await import('./commands/directory.ts')).defineDirectory,
    contract: async () => (await import('./commands/contract.ts')).defineContract,
  },
  'Local tools:': {
    demo: async () => (await import('./commands/programs.ts')).defineDemo,
    dev: async () => (await import('./commands/programs.ts')).defineDev,
    completion: async () => (await import('./commands/completion.ts')).defineCompletion,
  },
};

/**
 * Builds the commander program without running anything.
 * @param only loads just this command; default, and for any other word: all commands
 * @param errors where usage errors are printed; default: the context's error stream
 */
export async function createProgram(
  context: CommandContext,
  only?: string,
  { errors }: { errors?: (text: string) => void } = {},
): Promise<Command> {
  const { out, err } = context;
  const program = new Command(PROGRAM)
    .description('Keeps warehouse segments up to date in Actito as external target lists.')
    .version(await version(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: errors ?? ((text) => err.write(text)),
      getOutHelpWidth: () => widthOf(out),
      getErrHelpWidth: () => widthOf(err),
    })
    .showHelpAfterError('(see --help for the usage)');
  const isKnown = Object.values(GROUPS).some((group) => only !== undefined && Object.hasOwn(group, only));
  for (const [heading, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading);
    for (const [name, load] of Object.entries(commands)) {
      if (!isKnown || name === only) (await load())(program, context);
    }
  }
  for (const command of withProject(program))
    command.option('--project <folder>', 'the project folder; default: ACTITO_SYNC_PROJECT');
  return program;
}

/** Commands that read no project folder, or have it as an argument. */
const WITHOUT_PROJECT = ['init', 'validate', 'demo', 'dev', 'completion'];

/** Returns each command that reads the project folder, without those that only group others. */
function withProject(program: Command): Command[] {
  const own = program.commands.filter((command) => !WITHOUT_PROJECT.includes(command.name()));
  return own.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));
}

async function version(): Promise<string> {
  const root = new URL(import.meta.url.endsWith('.js') ? '../../' : '../', import.meta.url);
  const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
    version: string;
  };
  return version;
}

/** The width in columns; if the output is not a terminal, a default. */
function widthOf(out: Writable): number {
  return (out as { columns?: number }).columns || 80;
}
