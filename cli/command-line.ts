import { CommanderError } from 'commander';
import type { CommandContext, Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { cleanOutput, jsonOf } from './output.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without the program's name). Never throws: it prints errors. @returns the exit code */
export async function commandLine(args: readonly string[], given: Context): Promise<number> {
  let json = false;
  let hasPrinted = false;
  let exitCode: number = EXIT.ok;
  const { signal, taskQueue } = given;
  const env = { ...given.env };
  const out = cleanOutput(given.out, () => {
    hasPrinted = true;
    return json;
  });
  const err = cleanOutput(given.err, () => json);
  const context: CommandContext = {
    ...given,
    env,
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
  const wantsJson = asksForJson(args);
  // Commander reports errors of the command line as text.
  const program = await createProgram(context, args[0], { errors: wantsJson ? () => undefined : undefined });
  program.hook('preAction', (_, command) => {
    const options = command.opts<{ json?: boolean; project?: string }>();
    json = options.json ?? false;
    if (options.project !== undefined) env.ACTITO_SYNC_PROJECT = options.project;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    if (signal.aborted && !(error instanceof CommanderError)) return EXIT.interrupted;
    if (error instanceof CommanderError && !wantsJson) return EXIT.usage;
    const { describeError, exitCodeOf, failedJson, wrongCommandLine } = await import('./errors.ts');
    const failure = error instanceof CommanderError ? wrongCommandLine(error) : error;
    json ||= wantsJson;
    // JSON output is a single object on standard output. If a part of another object is already there, the error goes
    // to stderr.
    if (json) (hasPrinted ? err : out).write(`${jsonOf('failure', failedJson(failure), 0)}\n`);
    else err.write(`${describeError(failure).join('\n')}\n`);
    return exitCodeOf(failure);
  }
}

/** Whether a command line has `--json`, even if the command line is invalid. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).includes('--json');
}
