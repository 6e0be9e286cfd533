import { CommanderError } from 'commander';
import type { CommandContext } from './commands/context.ts';
import type { Surroundings } from './commands/surroundings.ts';
import { connectTemporal } from './connect.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { cleanOutput } from './output/clean-output.ts';
import { describeError, failureJson } from './output/errors.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without the program's name). Never fails: what went wrong is printed. @returns the exit code */
export async function commandLine(args: readonly string[], given: Surroundings): Promise<number> {
  let json = false;
  const surroundings = {
    ...given,
    out: cleanOutput(given.out, () => json),
    err: cleanOutput(given.err, () => json),
  };
  const { err, signal } = surroundings;
  let exitCode: number = EXIT.ok;
  const context: CommandContext = {
    surroundings,
    local: async (work) => {
      exitCode = await work();
    },
    connected: async (work) => {
      const client = await connectTemporal(surroundings.env);
      try {
        signal.throwIfAborted();
        exitCode = await work(client);
      } finally {
        await client.connection.close();
      }
    },
  };
  const program = createProgram(context).hook('preAction', (_, command) => {
    json = command.opts<{ json?: boolean }>().json ?? false;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (signal.aborted) return EXIT.interrupted;
    const words = json ? JSON.stringify({ failure: failureJson(error) }) : describeError(error).join('\n');
    err.write(`${words}\n`);
    return exitCodeOf(error);
  }
}
