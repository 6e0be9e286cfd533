import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Socket } from 'node:net';

/** One program with its arguments. */
export type Command = [program: string, ...args: string[]];

export interface ProcessOptions {
  /** What ends the program in good order; KILL where there is nothing to lose, and no folder to remove. */
  stopSignal: 'INT' | 'TERM' | 'QUIT' | 'KILL';
  /** A folder that goes when the program has ended, whatever ended it. */
  removeAfter?: string;
  /** Run as this user; only root can ask for it. */
  user?: { uid: number; gid: number };
  env?: NodeJS.ProcessEnv;
  /** Sees each piece of what the program writes. */
  onOutput?: (text: string) => void;
}

export interface RunningProcess {
  /**
   * Of the last of its commands, once that runs.
   * @throws Error if the shell could not be started; `exited` rejects with the cause
   */
  pid: number;
  /** Resolves when all has ended and the folder is removed: to the exit code, or 128 + n after signal n. */
  exited: Promise<number>;
  /** The first and the last lines that the program wrote, for error messages. */
  output(): string;
  /** Ends the program and waits until it is gone. */
  stop(): Promise<void>;
}

/** Characters kept of both ends: the cause stands at the beginning of a stack trace, what came last at its end. */
const KEPT_OUTPUT = 2_000;

/**
 * Runs commands one after the other (as `a && b`), such that nothing of them outlives this process, *however* it
 * ends: returned, Ctrl-C, an uncaught error, even SIGKILL. No signal handler could promise the last one, and each
 * would compete with the handlers of the program around it. Instead a small shell stands beside the commands and
 * reads from a pipe whose other end only this process holds: the kernel closes it when we are gone.
 *
 * Limits: POSIX systems only; a SIGKILL of that shell too leaves the program running.
 */
export function startProcess(commands: Command[], options: ProcessOptions): RunningProcess {
  const child = spawn('/bin/sh', ['-c', script(commands, options)], {
    detached: true, // a process group of its own: Ctrl-C reaches us only, and we decide about the order of the end
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    ...options.user,
  });
  const output = { first: '', last: '' };
  const keep = (chunk: Buffer) => {
    const text = chunk.toString();
    options.onOutput?.(text);
    const room = KEPT_OUTPUT - output.first.length;
    output.first += text.slice(0, room);
    output.last = (output.last + text.slice(room)).slice(-KEPT_OUTPUT);
  };
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  const lifeline = child.stdio[3] as Socket;
  lifeline.on('error', () => undefined); // the shell at its other end has gone first, which `exited` tells
  lifeline.resume();
  child.once('exit', () => lifeline.end());

  const exited = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) =>
    typeof code === 'number' ? code : 128 + constants.signals[signal as NodeJS.Signals],
  );
  exited.catch(() => undefined); // whoever awaits it sees the error; nobody has to
  return {
    get pid() {
      // Never 0: to process.kill, that means our own process group.
      if (child.pid === undefined) throw new Error('The shell could not be started.');
      return child.pid;
    },
    exited,
    output: () => output.first + output.last,
    async stop() {
      lifeline.end();
      await exited;
    },
  };
}

/**
 * POSIX shell. The part in braces is the one that stands beside: at the end of file of descriptor 3 it ends the whole
 * group, itself excepted, then cleans up. The shell itself becomes the last command.
 */
function script(commands: Command[], { stopSignal, removeAfter }: ProcessOptions): string {
  const lines = commands.map((command) => command.map(quote).join(' '));
  return `
{
  trap '' HUP INT QUIT TERM
  read -r _ <&3
  kill -s ${stopSignal} -- -$$
  tries=0 # a process that nobody collects, as in a container without an init, seems to live for ever
  while kill -0 $$ && [ $tries -lt 600 ]; do sleep 0.05; tries=$((tries + 1)); done
  ${removeAfter ? `rm -rf ${quote(removeAfter)}` : ''}
} >/dev/null 2>&1 &
exec 3<&-
${[...lines.slice(0, -1), `exec ${lines.at(-1)}`].join(' && ')}
`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
