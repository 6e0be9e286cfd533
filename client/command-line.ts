import type { Client } from '@temporalio/client';
import { Command, CommanderError } from 'commander';
import { PROGRAM, type CommandContext } from './commands/context.ts';
import { defineInspections } from './commands/inspect.ts';
import { defineRun } from './commands/run.ts';
import { defineSchedule } from './commands/schedule.ts';
import type { Surroundings } from './commands/surroundings.ts';
import { connectTemporal } from './connect.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { describeError } from './output/errors.ts';

/** Runs one command line (without the program's name). Never fails: what went wrong is printed. @returns the exit code */
export async function commandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, err, signal } = surroundings;
  let exitCode: number = EXIT.ok;
  const connected = async (work: (client: Client) => Promise<number>) => {
    const client = await connectTemporal(surroundings.env);
    try {
      signal.throwIfAborted();
      exitCode = await work(client);
    } finally {
      await client.connection.close();
    }
  };
  const program = new Command(PROGRAM)
    .description('Runs activations, keeps their schedules as the project folder has them, looks into Actito.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .showHelpAfterError('(--help shows what is possible)');
  const context: CommandContext = { surroundings, connected };
  for (const define of [defineRun, defineSchedule, defineInspections]) define(program, context);

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
