import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TASK_QUEUE } from '../../contract/names.ts';
import { temporalAddress, workflowBundle } from '../setup/servers.ts';
import type { Stand } from './stand.ts';

/** The product's worker as a process of its own, so that it can be killed like one. */
export interface WorkerProcess {
  pid: number;
  /** All that it has printed so far. */
  output(): string;
  /** Ends it, by default as an operating system out of memory would. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a worker on the stand, by default on the product's task queue; resolves when it is ready. */
export async function startWorkerProcess(
  stand: Stand,
  taskQueue = TASK_QUEUE,
  env: NodeJS.ProcessEnv = {},
): Promise<WorkerProcess> {
  const child = spawn(
    process.execPath,
    ['dev/start.js', 'test/support/worker-main.ts', workflowBundle().codePath, taskQueue],
    {
      env: {
        ...process.env,
        ...stand.env,
        TEMPORAL_ADDRESS: temporalAddress(),
        ACTITO_SYNC_DATABASE_URL: stand.stateUrl,
        ACTITO_SYNC_PROJECT: stand.projectFolder,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit');
  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output.push(chunk.toString());
      if (output.slice(-50).join('').includes('worker is ready')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) =>
      reject(new Error(`The worker ended with ${code}: ${output.join('').slice(-20_000)}`)),
    );
  });
  return {
    pid: child.pid!,
    output: () => output.join(''),
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await exited;
    },
  };
}
