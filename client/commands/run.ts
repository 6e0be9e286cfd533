import type { Client } from '@temporalio/client';
import { Option, type Command } from 'commander';
import { workflowId, type RunInput, type RunRequest, type RunResult } from '../../workflows/contract.ts';
import { followRun, startRun } from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import { Phases } from '../output/phases.ts';
import { describeTrouble } from '../output/errors.ts';
import { describeResult } from '../output/result.ts';
import { createTerminal, SILENT, type Terminal } from '../output/terminal.ts';
import { cancelCommand, runCommand } from '../run/commands.ts';
import { exceeds, parseLimit, rejectsOf, type Limit } from '../run/reject-limit.ts';
import { examples, type CommandContext } from './context.ts';
import type { Surroundings } from './surroundings.ts';

interface RunFlags extends Pick<RunInput, 'dryRun' | 'resync' | 'reason'> {
  maxRejects?: Limit;
  json?: boolean;
}

/** Adds `run <activation>`. */
export function defineRun(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('start a run, or attach to the one that does the same now; follow it to its end')
    .argument('<activation>', 'the name of its file in activations/, without .yaml')
    .option('--dry-run', 'read and compare only; nothing is written to Actito')
    .option('--resync', 'send everything, whatever Actito acknowledged before')
    .option('--reason <text>', 'why, for those who read about the run later')
    .addOption(maxRejects())
    .option('--json', 'print the result as JSON, and nothing else')
    .addHelpText(
      'after',
      examples(
        ['run vip-customers', 'now, beside its schedule'],
        ['run vip-customers --dry-run', 'what it would do'],
        ["run vip-customers --resync --reason 'restored'", 'everything again'],
        ['run vip-customers --max-rejects 1%', 'for a pipeline that minds rejects'],
        ['run vip-customers --json', 'for a program'],
      ),
    )
    .action((activation: string, flags: RunFlags) => start({ activation }, flags, context));
}

/** Adds `resync <activation>`: a run that sends everything. */
export function defineResync(program: Command, context: CommandContext): void {
  program
    .command('resync')
    .description('send everything again, whatever Actito acknowledged before: the same as run --resync')
    .argument('<activation>', 'the name of its file in activations/, without .yaml')
    .option('--reason <text>', 'why, for those who read about the run later')
    .addOption(maxRejects())
    .option('--json', 'print the result as JSON, and nothing else')
    .addHelpText(
      'after',
      examples(
        ["resync vip-customers --reason 'profiles restored'", 'after Actito has lost something'],
        ['resync vip-customers --json', 'for a program'],
      ),
    )
    .action((activation: string, flags: RunFlags) => start({ activation, resync: true }, flags, context));
}

function maxRejects(): Option {
  return new Option(
    '--max-rejects <limit>',
    'end with 4 when a run that succeeded has more rejects: a number, or a share of the rows read such as 1%',
  ).argParser(parseLimit);
}

function start(
  fixed: Pick<RunInput, 'activation' | 'resync'>,
  { maxRejects, json = false, ...flags }: RunFlags,
  { surroundings, connected }: CommandContext,
): Promise<void> {
  return connected((client) => run(client, { ...flags, ...fixed }, { json, maxRejects }, surroundings));
}

/** Starts or attaches, follows, prints. @returns the exit code @throws what the run failed of */
async function run(
  client: Client,
  input: RunInput,
  { json, maxRejects }: { json: boolean; maxRejects?: Limit },
  surroundings: Surroundings,
): Promise<number> {
  const { out, err, env, signal, taskQueue } = surroundings;
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
    sayThatItGoesOn(json ? createTerminal(err, env) : terminal, request);
    return EXIT.interrupted;
  }
  if (json) out.write(`${JSON.stringify(result, null, 2)}\n`);
  else for (const line of describeResult(result)) terminal.line(line);
  if (result.outcome === 'skipped') return EXIT.busy;
  if (!maxRejects || !exceeds(result.counts, maxRejects)) return EXIT.ok;
  err.write(`${rejectsOf(result.counts)} rejects are more than --max-rejects ${maxRejects.text}.\n`);
  return EXIT.rejects;
}

/** Said once, while nobody works on what was started. */
export const NO_WORKER = 'No worker answers; one is waited for. If none is running, start it: npm run worker';

function sayThatItGoesOn(terminal: Terminal, request: RunRequest): void {
  terminal.line();
  terminal.line('The run goes on without you.');
  terminal.line(`Follow it again:  ${runCommand(request)}`);
  terminal.line(`Cancel it:        ${cancelCommand(request)}`);
}
