import type { Client } from '@temporalio/client';
import { workflowId, type RunInput, type RunResult } from '../../workflows/contract.ts';
import { followRun, startRun } from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import { Phases } from '../output/phases.ts';
import { describeTrouble } from '../output/errors.ts';
import { describeResult } from '../output/result.ts';
import { createTerminal, SILENT, type Terminal } from '../output/terminal.ts';
import { cancelCommand, runCommand } from '../run/commands.ts';
import type { Surroundings } from './surroundings.ts';

/** `run <activation>`: starts or attaches, follows, prints. @returns the exit code @throws what the run failed of */
export async function run(
  client: Client,
  input: RunInput,
  { json }: { json: boolean },
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

const NO_WORKER = 'No worker answers; the run waits for one. If none is running, start it: npm run worker';

function sayThatItGoesOn(terminal: Terminal, request: Parameters<typeof runCommand>[0]): void {
  terminal.line();
  terminal.line('The run goes on without you.');
  terminal.line(`Follow it again:  ${runCommand(request)}`);
  terminal.line(`Cancel it:        ${cancelCommand(workflowId(request))}`);
}
