import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Socket } from 'node:net';

/** One program with its arguments. */
export type Command = [program: string, ...args: string[]];

export interface ProcessOptions {
  /**
   * The signal that ends the program properly. KILL is for programs without data to save, and without `removeAfter`.
   */
  stopSignal: 'INT' | 'TERM' | 'QUIT' | 'KILL';
  /** A folder to remove after the program has ended for any reason. */
  removeAfter?: string;
  /** Runs the program as this user. Requires root. */
  user?: { uid: number; gid: number };
  env?: NodeJS.ProcessEnv;
  /** Called with each piece of the program's output. */
  onOutput?: (text: string) => void;
}

export interface RunningProcess {
  /**
   * The process id of the last command, once it runs.
   * @throws Error if the shell could not be started; `exited` rejects with the cause
   */
  pid: number;
  /** Resolves after the program has ended and the folder is removed, to the exit code, or to 128 + n after signal n. */
  exited: Promise<number>;
  /** The beginning and the end of the program's output, for error messages. */
  output(): string;
  /** Ends the program and waits until it has ended. */
  stop(): Promise<void>;
}

/** Characters kept of the beginning, which has the cause in a stack trace, and of the end of the output. */
const KEPT_OUTPUT = 2_000;

/**
 * Runs commands one after the other (like `a && b`) and ensures that they always end with this process: after a return,
 * Ctrl-C, an uncaught error, even SIGKILL. Signal handlers cannot do this for SIGKILL, and would conflict with the
 * program's other handlers. Instead, a small shell next to the commands reads from a pipe whose other end only this
 * process holds. The kernel closes the pipe when this process ends.
 *
 * Limits: only on POSIX systems; if that shell is also killed with SIGKILL, the program keeps running.
 */
export function startProcess(commands: Command[], options: ProcessOptions): RunningProcess {
  const child = spawn('/bin/sh', ['-c', script(commands, options)], {
    detached: true, // a separate process group: Ctrl-C reaches only us, so we control the order of the shutdown
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
  lifeline.on('error', () => undefined); // the shell has ended first; `exited` reports it
  lifeline.resume();
  child.once('exit', () => lifeline.end());

  const exited = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) =>
    typeof code === 'number' ? code : 128 + constants.signals[signal as NodeJS.Signals],
  );
  exited.catch(() => undefined); // the caller that awaits it gets the error; no caller has to
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
 * A POSIX shell script. The part in braces waits beside the commands: when descriptor 3 is closed, it ends the rest of
 * the process group, then cleans up. The shell itself becomes the last command.
 */
function script(commands: Command[], { stopSignal, removeAfter }: ProcessOptions): string {
  const lines = commands.map((command) => command.map(quote).join(' '));
  return `
{
  trap '' HUP INT QUIT TERM
  read -r _ <&3
  kill -s ${stopSignal} -- -$$
  tries=0 # limited, because an ended process seems alive until it is reaped, and a container can lack an init
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
