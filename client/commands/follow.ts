import type { Client } from '@temporalio/client';
import { workflowId } from '../../contract/names.ts';
import type { RunInput, RunRequest } from '../../contract/request.ts';
import type { RunResult } from '../../contract/result.ts';
import { followRun, startRun, type StartedRun } from '../activation-client.ts';
import { describeTrouble } from '../output/errors.ts';
import { Phases } from '../output/phases.ts';
import { createTerminal, SILENT, type Terminal } from '../output/terminal.ts';
import { cancelCommand, runCommand } from '../../contract/commands.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Starts a run or attaches to it, and shows how it goes until it ends; with `json` only what is wrong is said.
 * @returns its result; undefined when the following was interrupted, which is told
 * @throws what the run failed of
 */
export async function startAndFollow(
  client: Client,
  input: RunInput,
  how: { json: boolean },
  surroundings: Surroundings,
): Promise<RunResult | undefined> {
  const started = await startRun(client, input, { taskQueue: surroundings.taskQueue });
  return followStarted(started, how, surroundings);
}

/** As {@link startAndFollow}, of a run that was started already. */
export async function followStarted(
  { handle, request, attached }: StartedRun,
  { json }: { json: boolean },
  { out, err, env, signal }: Surroundings,
): Promise<RunResult | undefined> {
  const terminal = json ? SILENT : createTerminal(out, env);
  terminal.line(`${workflowId(request)} ${attached ? 'is running: attached to it' : 'started'}`);
  const phases = new Phases(terminal);
  try {
    const result = await followRun(handle, {
      signal,
      onProgress: (progress) => phases.show(progress),
      onSilence: () => terminal.line(NO_WORKER),
      onTrouble: (trouble) => terminal.line(describeTrouble(trouble)),
    });
    phases.done();
    return result;
  } catch (error) {
    phases.leave();
    if (!signal.aborted) throw error;
    sayThatItGoesOn(json ? createTerminal(err, env) : terminal, request);
    return undefined;
  }
}

/** Said once, while nobody works on what was started. */
export const NO_WORKER = 'No worker answers; one is waited for. If none is running, start it: npm run worker';

function sayThatItGoesOn(terminal: Terminal, request: RunRequest): void {
  terminal.line();
  terminal.line('The run goes on without you.');
  terminal.line(`Follow it again:  ${runCommand(request)}`);
  terminal.line(`Cancel it:        ${cancelCommand(request)}`);
}
