import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { workflowId, type RunInput, type RunResult } from '../../workflows/contract.ts';
import { followRun, startRun } from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import { Phases } from '../output/phases.ts';
import { describeTrouble } from '../output/errors.ts';
import { describeResult } from '../output/result.ts';
import { createTerminal, SILENT, type Terminal } from '../output/terminal.ts';
import { cancelCommand, runCommand } from '../run/commands.ts';
import { examples, type CommandContext } from './context.ts';
import type { Surroundings } from './surroundings.ts';

interface RunFlags {
  dryRun?: boolean;
  resync?: boolean;
  reason?: string;
  json?: boolean;
}

/** Adds `run <activation>`. */
export function defineRun(program: Command, { surroundings, connected }: CommandContext): void {
  program
    .command('run')
    .description('start a run, or attach to the one that does the same now; follow it to its end')
    .argument('<activation>', 'the name of its file in activations/, without .yaml')
    .option('--dry-run', 'read and compare only; nothing is written to Actito')
    .option('--resync', 'send everything, whatever Actito acknowledged before')
    .option('--reason <text>', 'why, for those who read about the run later')
    .option('--json', 'print the result as JSON, and nothing else')
    .addHelpText(
      'after',
      examples(
        ['run vip-customers', 'now, beside its schedule'],
        ['run vip-customers --dry-run', 'what it would do'],
        ["run vip-customers --resync --reason 'restored'", 'everything again'],
        ['run vip-customers --json', 'for a program'],
      ),
    )
    .action((activation: string, { json = false, ...flags }: RunFlags) =>
      connected((client) => run(client, { activation, ...flags }, { json }, surroundings)),
    );
}

/** `run <activation>`: starts or attaches, follows, prints. @returns the exit code @throws what the run failed of */
async function run(
  client: Client,
  input: RunInput,
  { json = false }: { json?: boolean },
  surroundings: Surroundings,
): Promise<number> {
  const { out, env, signal, taskQueue } = surroundings;
  const terminal = json ? SILENT : createTerminal(out, env);
  const { handle, request, attached } = await startRun(client, input, { taskQueue });
  terminal.line(`${workflowId(request)} ${attached ? 'is running: attached to it' : 'started'}`);
  const phases = new Phases(terminal);
  let result: RunResult;
  try {
    result = await followRun(handle, {
      signal,
      onProgress: (progress) => phases.show(progress),
      onSilence: () => terminal.line(NO_WORKER),
      onTrouble: (trouble) => terminal.line(describeTrouble(trouble)),
    });
    phases.done();
  } catch (error) {
    phases.leave();
    if (!signal.aborted) throw error;
    sayThatItGoesOn(json ? createTerminal(surroundings.err, env) : terminal, request);
    return EXIT.interrupted;
  }
  if (json) out.write(`${JSON.stringify(result, null, 2)}\n`);
  else for (const line of describeResult(result)) terminal.line(line);
  return result.outcome === 'skipped' ? EXIT.busy : EXIT.ok;
}

/** Said once, while nobody works on what was started. */
export const NO_WORKER = 'No worker answers; one is waited for. If none is running, start it: npm run worker';

function sayThatItGoesOn(terminal: Terminal, request: Parameters<typeof runCommand>[0]): void {
  terminal.line();
  terminal.line('The run goes on without you.');
  terminal.line(`Follow it again:  ${runCommand(request)}`);
  terminal.line(`Cancel it:        ${cancelCommand(workflowId(request))}`);
}
