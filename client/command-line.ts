import type { Client } from '@temporalio/client';
import { Command, CommanderError } from 'commander';
import { applyProjectSchedules } from './commands/apply-schedules.ts';
import { run } from './commands/run.ts';
import type { Surroundings } from './commands/surroundings.ts';
import { connectTemporal } from './connect.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { describeError } from './output/errors.ts';

interface RunFlags {
  dryRun: boolean;
  resync: boolean;
  reason?: string;
  json: boolean;
}

/** Runs one command line (without the program's name). Never fails: what went wrong is printed. @returns the exit code */
export async function commandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, err, signal } = surroundings;
  let exitCode: number = EXIT.ok;
  const connected = async (command: (client: Client) => Promise<number>) => {
    const client = await connectTemporal(surroundings.env);
    try {
      signal.throwIfAborted();
      exitCode = await command(client);
    } finally {
      await client.connection.close();
    }
  };
  const program = new Command('npm run activation --')
    .description('Runs activations, and keeps their schedules as the project folder has them.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .showHelpAfterError('(--help shows what is possible)');
  program
    .command('run')
    .description('start a run, or attach to the one that does the same now; follow it to its end')
    .argument('<activation>', 'the name of its file in activations/, without .yaml')
    .option('--dry-run', 'read and compare only; nothing is written to Actito', false)
    .option('--resync', 'send everything, whatever Actito acknowledged before', false)
    .option('--reason <text>', 'why, for those who read about the run later')
    .option('--json', 'print the result as JSON, and nothing else', false)
    .addHelpText('after', EXIT_CODES)
    .action((activation: string, { json, ...flags }: RunFlags) =>
      connected((client) => run(client, { activation, ...flags }, { json }, surroundings)),
    );
  program
    .command('schedule')
    .description("the activations' schedules in Temporal")
    .command('apply')
    .description('create and update the schedules of the project folder (ACTITO_SYNC_PROJECT)')
    .action(() => connected((client) => applyProjectSchedules(client, surroundings)));

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (signal.aborted) return EXIT.interrupted;
    err.write(`${describeError(error).join('\n')}\n`);
    return exitCodeOf(error);
  }
}

const EXIT_CODES = `
Exit codes: 0 done · 1 failed · 2 wrong command line · 3 held by a guard · 5 another run of the activation is under
way · 130 interrupted while following (the run goes on)`;
