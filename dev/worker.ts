import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import { TASK_QUEUE } from '../contract/names.ts';
import { temporalSettings } from '../config/temporal-variables.ts';
import { createWorker } from '../worker/create-worker.ts';
import { workflowSource } from '../worker/workflow-source.ts';
import { startProcess } from './processes.ts';
import { untilItAnswers } from './waiting.ts';

/** The settings of a worker. */
export interface WorkerSettings {
  /** Temporal's variables, such as `TEMPORAL_ADDRESS`. */
  temporal: NodeJS.ProcessEnv;
  stateUrl: string;
  projectFolder: string;
  /** The environment variables that the project's files refer to. */
  env: NodeJS.ProcessEnv;
  /** Default: the product's. */
  taskQueue?: string;
  /** File with the bundled workflows, see {@link bundleWorkflows}. */
  bundle: string;
}

/** A running worker. */
export interface HostedWorker {
  /** Resolves when the worker has ended, to the exit code of its process. */
  ended: Promise<number>;
  /** Shuts the worker down gracefully. */
  stop(): Promise<void>;
}

/** A worker in a separate process, which can be measured and killed. */
export interface WorkerProcess extends HostedWorker {
  pid: number;
  /** The whole output so far, if `keepsOutput` is set; otherwise its beginning and end. */
  output(): string;
  /** Kills the worker, by default with SIGKILL, like an operating system that is out of memory. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Bundles the workflows of the sources into a file. This takes most of a worker's start time. */
export async function bundleWorkflows(): Promise<{ bundle: string; remove: () => Promise<void> }> {
  const { workflowsPath, workflowInterceptorModules } = workflowSource();
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [...workflowInterceptorModules, pathTo('heartbeats.ts')],
    logger: new DefaultLogger('ERROR'),
  });
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-workflows-'));
  const bundle = join(folder, 'workflows.js');
  await writeFile(bundle, code);
  return { bundle, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts a worker in this process. */
export async function startWorkerHere(settings: WorkerSettings): Promise<HostedWorker> {
  const { stateUrl, projectFolder, env, taskQueue, bundle } = settings;
  const { connectionOptions, namespace = 'default' } = temporalSettings(settings.temporal);
  const connection = await NativeConnection.connect(connectionOptions);
  const { worker, close } = await createWorker({
    connection,
    namespace,
    stateUrl,
    projectFolder,
    env,
    taskQueue,
    workflowBundle: { codePath: bundle },
  }).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  const ended = worker.run().then(() => 0);
  ended.catch(() => undefined); // the caller that awaits it gets the error
  return {
    ended,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended.catch(() => undefined);
      await close();
      await connection.close();
    },
  };
}

/** The settings of a worker's process. */
export interface WorkerProcessOptions {
  /** The sources, or the output of `npm run build`, with the flags and the environment of `npm start`. */
  from: 'sources' | 'build';
  keepsOutput?: boolean;
  /** Called with each piece of the worker's output. */
  onOutput?: (text: string) => void;
}

/**
 * Starts a worker in a separate process; resolves when it is ready. The worker does not inherit Temporal's variables of
 * this process.
 * @throws Error with the end of its output when it cannot start
 */
export async function startWorkerProcess(
  { temporal, stateUrl, projectFolder, env, taskQueue = TASK_QUEUE, bundle }: WorkerSettings,
  { from, keepsOutput = false, onOutput }: WorkerProcessOptions,
): Promise<WorkerProcess> {
  const command =
    from === 'build'
      ? ['--expose-gc', '--max-semi-space-size=2', pathTo('../dist/worker/main.js')]
      : [pathTo('start.js'), pathTo('worker-main.ts'), bundle, taskQueue];
  const usual = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  let kept = '';
  const worker = startProcess([[process.execPath, ...command]], {
    stopSignal: 'TERM',
    env: {
      ...Object.fromEntries(usual),
      ...temporal,
      ...(from === 'build' ? { NODE_ENV: 'production', MALLOC_ARENA_MAX: '1' } : {}),
      ACTITO_SYNC_DATABASE_URL: stateUrl,
      ACTITO_SYNC_PROJECT: projectFolder,
      ...env,
    },
    onOutput: (text) => {
      if (keepsOutput) kept += text;
      onOutput?.(text);
    },
  });
  const output = () => (keepsOutput ? kept : worker.output());
  await untilItAnswers('The worker', worker, async () => output().includes('worker is ready'));
  return {
    pid: worker.pid,
    ended: worker.exited,
    output,
    stop: () => worker.stop(),
    kill: async (signal = 'SIGKILL') => {
      process.kill(worker.pid, signal);
      await worker.exited;
    },
  };
}

function pathTo(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
