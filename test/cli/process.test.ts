import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { freePort } from '../../dev/ports.ts';
import { temporalAddress } from '../setup/servers.ts';
import { connectClient, freshId } from './support.ts';

const PROGRAM = [process.execPath, 'dev/start.js', 'cli/main.ts'];

/** The command line as a process of its own. */
function activation(args: string[], address: string) {
  const [node, ...program] = PROGRAM;
  return watched(
    spawn(node!, [...program, ...args], {
      env: { ...process.env, TEMPORAL_ADDRESS: address },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** The same on a terminal of 100 columns; what is written to its standard input is typed there. */
function onTerminal(args: string[], address: string) {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    TERM: 'xterm',
    SHELL: '/bin/sh',
  };
  delete env.CI; // there no spinner is shown
  const line = ['stty cols 100; exec', ...[...PROGRAM, ...args].map((word) => `'${word}'`)].join(' ');
  return watched(
    spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  );
}

function watched<Child extends ChildProcessByStdio<Writable | null, Readable, Readable>>(child: Child) {
  const seen = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...seen }));
  return { child, seen, ended };
}

test('without a server, the error shows its address and how to start one', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const { code, out, err } = await activation(['run', 'vip'], address).ended;
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(new RegExp(`^TemporalUnavailable: No Temporal server is responding at ${address} `));
  expect(err).toContain('temporal server start-dev');
});

test.each([
  ['what is asked for', '--help', 0, ''],
  ['an error', 'nope 2>&1 >/dev/null', 2, ''],
])(
  'a reader that leaves early ends it quietly, with its own exit code (%s)',
  async (_, command, code, err) => {
    const script = `set -o pipefail; node dev/start.js cli/main.ts ${command} | true`;
    const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await once(child, 'close')).toEqual([code, null]);
    expect(said).toBe(err);
  },
);

test('output that cannot be written is a failure', async () => {
  const child = spawn('bash', ['-c', 'node dev/start.js cli/main.ts --help > /dev/full']);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said).toBe('Standard output: ENOSPC\n');
});

test('SIGINT ends the command and not the run', async () => {
  const id = freshId('interrupted'); // no worker polls the product's task queue here
  const { child, ended } = activation(['run', id], temporalAddress());
  const started = () => new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  await started();
  child.kill('SIGINT');
  const { code, out } = await ended;
  expect(code).toBe(130);
  expect(out).toContain('The run continues in the background.');

  const client = await connectClient();
  const run = client.workflow.getHandle(`activation/${id}`);
  expect((await run.describe()).status.name).toBe('RUNNING');
  await run.terminate();
  await client.connection.close();
});

test('Ctrl-C at a terminal, while the seconds of the spinner move, says that the run continues', async () => {
  const id = freshId('on-terminal');
  const { child, seen, ended } = onTerminal(['run', id], temporalAddress());
  const client = await connectClient();
  const run = client.workflow.getHandle(`activation/${id}`);
  const seconds = () => new Set([...seen.out.matchAll(/opening.*?\((\d+\.\d) s\)/g)].map(([, told]) => told));
  await expect.poll(() => seconds().size, { timeout: 60_000 }).toBeGreaterThan(2);
  child.stdin.write('\u0003');
  const { code, out } = await ended;
  expect(code, out).toBe(130);
  expect(out).toContain('The run continues in the background.');
  expect(out).toContain(`actito-sync run ${id}`);
  expect((await run.describe()).status.name).toBe('RUNNING');
  await run.terminate();
  await client.connection.close();
});
