import { CommanderError } from 'commander';
import type { CommandContext, Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { cleanOutput } from './output.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without the program's name). Never fails: what went wrong is printed. @returns the exit code */
export async function commandLine(args: readonly string[], given: Context): Promise<number> {
  let json = false;
  let exitCode: number = EXIT.ok;
  const { env, signal, taskQueue } = given;
  const out = cleanOutput(given.out, () => json);
  const err = cleanOutput(given.err, () => json);
  const context: CommandContext = {
    ...given,
    out,
    err,
    local: async (work) => {
      exitCode = await work();
    },
    connected: async (work) => {
      const { ActivationClient } = await import('../client/activation-client.ts');
      const client = await ActivationClient.connect({ env, taskQueue });
      try {
        signal.throwIfAborted();
        exitCode = await work(client);
      } finally {
        await client.close();
      }
    },
  };
  const program = await createProgram(context, args[0]);
  program.hook('preAction', (_, command) => {
    json = command.opts<{ json?: boolean }>().json ?? false;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (signal.aborted) return EXIT.interrupted;
    const { describeError, exitCodeOf, failureJson } = await import('./errors.ts');
    const words = json ? JSON.stringify({ failure: failureJson(error) }) : describeError(error).join('\n');
    err.write(`${words}\n`);
    return exitCodeOf(error);
  }
}
