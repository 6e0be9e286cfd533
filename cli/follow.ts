import type { ActivationClient, FollowOptions, StartedRun, Trouble } from '../client/activation-client.ts';
import { cancelCommand, runCommand } from '../contract/commands.ts';
import { troubleInWords, waitInWords } from '../contract/messages/status.ts';
import type { RunInput, RunRequest } from '../contract/request.ts';
import type { RunResult } from '../contract/result.ts';
import type { Context } from './context.ts';
import { createTerminal, Phases, SILENT, type Terminal } from './terminal.ts';

/**
 * Starts a run or attaches to it, and shows its progress until it ends; with `json` it prints only problems.
 * @returns its result; undefined after an interruption, which is printed
 * @throws the run's failure
 */
export async function startAndFollow(
  client: ActivationClient,
  input: RunInput,
  how: { json: boolean },
  context: Context,
): Promise<RunResult | undefined> {
  return followStarted(client, await client.start(input), how, context);
}

/** Like {@link startAndFollow}, for a run that has already started. */
export async function followStarted(
  client: ActivationClient,
  { handle, request, attached }: StartedRun,
  { json }: { json: boolean },
  { out, err, env, signal }: Context,
): Promise<RunResult | undefined> {
  const terminal = json ? SILENT : await createTerminal(out, env);
  terminal.line(`${handle.workflowId} ${attached ? 'is already running; following it' : 'started'}`);
  const phases = new Phases(terminal);
  if (!attached) phases.show({ phase: 'opening' });
  try {
    const result = await client.follow(handle, {
      signal,
      onProgress: (progress) => phases.show(progress),
      onSilence: () => terminal.line(NO_WORKER),
      onTrouble: (trouble) => terminal.line(describeTrouble(trouble)),
      onWait: (trouble) => phases.waitsFor(trouble ? waitInWords(inIso(trouble)) : ''),
    });
    phases.done();
    return result;
  } catch (error) {
    phases.leave();
    if (!signal.aborted) throw error;
    sayThatItContinues(json ? await createTerminal(err, env) : terminal, request);
    return undefined;
  }
}

/** How a command waits for an answer of the worker. Problems are printed on the error stream. */
export function waiting({ err, signal }: Context): FollowOptions {
  return {
    signal,
    onSilence: () => err.write(`${NO_WORKER}\n`),
    onTrouble: (trouble) => err.write(`${describeTrouble(trouble)}\n`),
  };
}

/** Printed once while no worker takes the run. */
export const NO_WORKER = 'No worker is responding; waiting for one to start. To start one: npm run worker';

/** Describes a failure that is being retried in one line. */
export function describeTrouble(trouble: Trouble): string {
  return `… ${troubleInWords(inIso(trouble))}`;
}

function inIso({ next, until, ...trouble }: Trouble) {
  return { ...trouble, next: next?.toISOString() ?? null, until: until?.toISOString() ?? null };
}

function sayThatItContinues(terminal: Terminal, request: RunRequest): void {
  terminal.line();
  terminal.line('The run continues in the background.');
  terminal.line(`Follow it again:  ${runCommand(request)}`);
  terminal.line(`Cancel it:        ${cancelCommand(request)}`);
}
