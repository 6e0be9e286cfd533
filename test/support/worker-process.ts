import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TASK_QUEUE } from '../../contract/names.ts';
import { temporalAddress, workflowBundle } from '../setup/servers.ts';
import type { Stand } from './stand.ts';

/** The product's worker as a process of its own, so that it can be killed like one. */
export interface WorkerProcess {
  pid: number;
  /** Ends it, by default as an operating system out of memory would. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a worker on the stand, by default on the product's task queue; resolves when it is ready. */
export async function startWorkerProcess(stand: Stand, taskQueue = TASK_QUEUE): Promise<WorkerProcess> {
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
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
      if (output.includes('worker is ready')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`The worker ended with ${code}: ${output}`)));
  });
  return {
    pid: child.pid!,
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await exited;
    },
  };
}
