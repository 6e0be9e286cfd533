import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../setup/until.ts';
import { startProcess, type Command } from '../../dev/processes.ts';

/** Generous: a program that has not said its line by then never will. */
const LIMIT = 60_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-test-'));
  await chmod(folder, 0o1777); // as /tmp is: PostgreSQL runs as another user if we are root
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a process that was started here', () => {
  test('runs its commands one after the other, and ends with the code of the first that fails', async () => {
    const commands = ['echo one', 'echo two; exit 3', 'echo three'].map((line): Command => [
      'sh',
      '-c',
      line,
    ]);
    const running = startProcess(commands, { stopSignal: 'TERM' });
    expect(await running.exited).toBe(3);
    expect(running.output()).toBe('one\ntwo\n');
  });

  test('passes arguments unchanged, quotes and dollars included', async () => {
    const running = startProcess([['printf', '%s|', `it's`, '$HOME `x`', '']], { stopSignal: 'TERM' });
    await running.exited;
    expect(running.output()).toBe("it's|$HOME `x`||");
  });

  test('has ended when stop() resolves, and its folder is deleted', async () => {
    const running = startProcess([['sleep', '600']], { stopSignal: 'TERM', removeAfter: folder });
    await running.stop();
    expect(await running.exited).toBe(128 + 15);
    expect(existsSync(folder)).toBe(false);
  });

  test('starts no further command once it is being stopped', async () => {
    const mark = join(folder, 'mark');
    const running = startProcess(
      [
        ['sleep', '600'],
        ['touch', mark],
      ],
      { stopSignal: 'TERM' },
    );
    await running.stop();
    expect(existsSync(mark)).toBe(false);
  });

  test('a program that does not exist ends at once, with readable output', async () => {
    const running = startProcess([['no-such-program-here']], { stopSignal: 'TERM' });
    expect(await running.exited).toBe(127);
    expect(running.output()).toContain('no-such-program-here');
  });

  test.runIf(process.platform === 'linux')(
    'has no process id if the shell could not be started',
    async () => {
      const script = fileURLToPath(new URL('./parent-without-forks.ts', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, ['dev/start.js', script], {
        timeout: LIMIT,
        killSignal: 'SIGKILL',
      });
      expect(JSON.parse(stdout)).toEqual({ pid: 'The shell could not be started.', failure: 'EAGAIN' });
    },
  );
});

describe('a program that has started PostgreSQL leaves no process and no folder behind', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('if it is ended by %s', async (signal) => {
    const parent = startParent('stay');
    const pid = await postmaster(parent);
    parent.kill(signal);
    await untilNothingIsLeft(pid);
  });

  test('if it fails with an uncaught error', async () => {
    await untilNothingIsLeft(await postmaster(startParent('fail')));
  });

  test('if it is killed while the databases are being created', async () => {
    const parent = startParent('stay');
    await until('the folder exists', async () => (await dataFolders()).length > 0);
    parent.kill('SIGKILL');
    await until('the folder is deleted', async () => (await dataFolders()).length === 0);
  });
});

function startParent(then: 'stay' | 'fail'): ChildProcess {
  const script = fileURLToPath(new URL('./parent-with-postgres.ts', import.meta.url));
  const parent = spawn(process.execPath, ['dev/start.js', script, then], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    parent.kill('SIGKILL');
  });
  return parent;
}

/** The id of the PostgreSQL process, once the parent says that it is up. */
async function postmaster(parent: ChildProcess): Promise<number> {
  await once(createInterface(parent.stdout!), 'line', { signal: AbortSignal.timeout(LIMIT) });
  const [data] = await dataFolders();
  const [pid] = (await readFile(join(folder, data!, 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

/** The files of PostgreSQL below `folder`; the parent's tsx keeps its cache there too. */
async function dataFolders(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('actito-sync-postgres-'));
}

async function untilNothingIsLeft(pid: number): Promise<void> {
  await until('PostgreSQL has ended', async () => !isAlive(pid));
  await until('its folder is deleted', async () => (await dataFolders()).length === 0);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
