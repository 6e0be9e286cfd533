import { PassThrough } from 'node:stream';
import { Client, Connection } from '@temporalio/client';
import type { Launch } from '../../cli/launch.ts';
import { commandLine } from '../../cli/command-line.ts';
import { temporalAddress } from '../setup/servers.ts';

export interface Ended {
  code: number;
  out: string;
  err: string;
}

export interface CliOptions {
  taskQueue?: string;
  launch?: Launch;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** A terminal with a person who types. */
  in?: PassThrough & { isTTY?: boolean };
  /** Sees the output while it grows. */
  onOutput?: (out: string) => void;
  /** Sees each piece of what goes to the error stream. */
  onError?: (text: string) => void;
}

/** Runs one command line against the Temporal server of the test run, in a pipe and not on a terminal. */
export async function cli(args: string[], options: CliOptions = {}): Promise<Ended> {
  const {
    taskQueue,
    launch,
    env,
    signal = new AbortController().signal,
    onOutput,
    onError,
    in: input,
  } = options;
  const ended = { code: -1, out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new PassThrough().on('data', (chunk: Buffer) => {
      ended[name] += chunk.toString();
      if (name === 'out') onOutput?.(ended.out);
      else onError?.(chunk.toString());
    });
  const code = await commandLine(args, {
    env: { TEMPORAL_ADDRESS: temporalAddress(), ...env },
    in: input,
    out: into('out'),
    err: into('err'),
    signal,
    taskQueue,
    launch,
  });
  return { ...ended, code };
}

/** A client of the run's Temporal server. */
export async function connectClient(): Promise<Client> {
  return new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
}

let counter = 0;

/** An id that no other test has, since all share one Temporal server. */
export function freshId(name: string): string {
  return `${name}-${process.pid}-${++counter}`;
}

/** A person who types these lines at a terminal, and then nothing more. */
export function typing(...lines: string[]): PassThrough & { isTTY: boolean } {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  terminal.end(lines.map((line) => `${line}\n`).join(''));
  return terminal;
}
