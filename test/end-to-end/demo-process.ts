import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { until } from '../setup/until.ts';

export interface DemoEnd {
  code: number | null;
  out: string;
  err: string;
}

/** As people start it, or without npm: npm and its shell end at Ctrl-C before the demo has ended. */
const COMMANDS = {
  npm: ['npm', 'run', '--silent', 'demo', '--'],
  node: [process.execPath, 'dev/start.js', 'examples/demo.ts'],
  'actito-sync': [process.execPath, 'bin/actito-sync.js'],
};
export type DemoCommand = keyof typeof COMMANDS;

/** The demo in its own process group and with its own temporary folder, so that leftovers can be found. */
export interface DemoProcess {
  /** Resolves when the output contains `text`. */
  shows(text: string): Promise<void>;
  /** Its output so far. */
  output(): string;
  /** As a terminal does: to all processes of the group at once. */
  pressCtrlC(): void;
  /** Closes our end of its output, like `| head`. */
  stopReading(): void;
  ended: Promise<DemoEnd>;
  /** Waits until no process and no file of it is left. @throws what is left */
  leavesNothing(): Promise<void>;
}

export async function startDemo(command: DemoCommand, ...flags: string[]): Promise<DemoProcess> {
  const temporary = await mkdtemp(join(tmpdir(), 'demo-test-'));
  await chmod(temporary, 0o1777); // as /tmp: PostgreSQL runs as another user if we are root
  const [program, ...args] = COMMANDS[command];
  const child = spawn(program!, [...args, ...flags], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const seen = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()));
  let hasEnded = false;
  const ended = once(child, 'close').then(([code]) => {
    hasEnded = true;
    return { code: code as number | null, ...seen };
  });
  onTestFinished(async () => {
    if (!hasEnded) process.kill(-child.pid!, 'SIGTERM'); // the test has failed: nothing of it may disturb the next
    await ended;
    await rm(temporary, { recursive: true, force: true });
  });
  return {
    shows: (text) =>
      until(`the demo shows "${text}"`, async () => {
        if (hasEnded) throw new Error(`The demo ended before it showed "${text}":\n${seen.out}\n${seen.err}`);
        return seen.out.includes(text);
      }).catch((error: Error) => {
        throw new Error(`${error.message} It has shown:\n${seen.out}\n${seen.err}`);
      }),
    output: () => seen.out,
    pressCtrlC: () => process.kill(-child.pid!, 'SIGINT'),
    stopReading: () => void child.stdout.destroy(),
    ended,
    leavesNothing: async () => {
      let left: string[] = [];
      const nothingIsLeft = async () => (left = await traces(temporary)).length === 0;
      await until('nothing is left', nothingIsLeft).catch((error: Error) => {
        throw new Error(`${error.message} Left:\n${left.join('\n')}`);
      });
    },
  };
}

/** Processes that have the folder in their command line or environment, and files in the folder. */
async function traces(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['axeww', '-o', 'pid=,command='], { maxBuffer: 1e8 });
  const processes = stdout.split('\n').filter((line) => line.includes(folder));
  const files = (await readdir(folder)).filter((name) => !name.startsWith('tsx-')); // tsx's cache of compiled files
  return [...processes, ...files];
}
