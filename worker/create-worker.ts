import type { NativeConnection } from '@temporalio/worker';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { SlotBudget } from '../activation/comparison/budget.ts';
import { createActivities } from '../activities/create.ts';
import { Peers } from '../activities/peers.ts';
import { migrate } from '../state/migrate.ts';
import { Failure, isFailure } from '../contract/failure.ts';
import { codeOf } from '../contract/foreign.ts';
import { conditionOf } from '../contract/messages/sqlstates.ts';
import { loadProject } from '../config/project.ts';
import { stateFailure } from '../state/failures.ts';
import { openState, type State } from '../state/state.ts';
import { applyRetention } from '../state/runs/retention.ts';
import { TASK_QUEUE } from '../contract/names.ts';
import { employJanitor } from './janitor.ts';
import { registerSearchAttributes } from './search-attributes.ts';
import { workflowsToRun } from './workflow-source.ts';

export interface WorkerSettings {
  connection: NativeConnection;
  namespace: string;
  /** URL of the state database. */
  stateUrl: string;
  projectFolder: string;
  env: NodeJS.ProcessEnv;
  /** Default: the product's task queue; tests use their own. */
  taskQueue?: string;
  /** A prebuilt bundle; default: the build's own, or one made now from the sources. */
  workflowBundle?: WorkerOptions['workflowBundle'];
}

/**
 * The number of simultaneous activities of a process. Each may use a stream and a fenced write, and calls use slots.
 */
const CONCURRENT_ACTIVITIES = 10;
const CONNECTIONS = CONCURRENT_ACTIVITIES * 2 + 5;
/**
 * How long to wait for a state database without a free connection, in milliseconds; less than the maximum wait for a
 * connection of the pool.
 */
const WAIT_FOR_CONNECTION = 25_000;
/** The time for an activity to end its work in a state that a retry can continue. */
const GRACE = '15s';
/**
 * The time from SIGTERM until the worker ends even if something could not be stopped, instead of hanging until it is
 * killed. Temporal gives that work to another worker. Kubernetes kills after 30 seconds, so a few seconds remain for
 * closing connections.
 */
const LIMIT = '25s';

/** Creates a worker, after it has migrated and cleaned its state database and registered its search attributes. */
export async function createWorker(
  settings: WorkerSettings,
): Promise<{ worker: Worker; close: () => Promise<void> }> {
  const { connection, namespace, projectFolder, env } = settings;
  const state = openState({
    url: settings.stateUrl,
    poolSize: CONNECTIONS,
    waitFor: WAIT_FOR_CONNECTION,
  });
  try {
    await migrate(state).catch(blameStateDatabase);
    await deleteWhatIsOld(state, projectFolder);
    await registerSearchAttributes(connection, namespace);
    const dismiss = await employJanitor({ state, connection, namespace });
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: settings.taskQueue ?? TASK_QUEUE,
      activities: createActivities({
        state,
        slots: new SlotBudget(),
        peers: new Peers(),
        projectFolder,
        env,
      }),
      maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
      shutdownGraceTime: GRACE,
      shutdownForceTime: LIMIT,
      ...(settings.workflowBundle ? { workflowBundle: settings.workflowBundle } : workflowsToRun()),
    });
    const close = async () => {
      dismiss();
      await state.destroy();
    };
    return { worker, close };
  } catch (error) {
    await state.destroy();
    throw error;
  }
}

/** Applies the project's retention. If its settings cannot be used, nothing is deleted. */
async function deleteWhatIsOld(state: State, projectFolder: string): Promise<void> {
  try {
    const { settings } = await loadProject(projectFolder);
    if (settings) await applyRetention(state, settings.retention);
  } catch (error) {
    if (!isFailure(error, 'ConfigurationInvalid')) throw error; // the folder does not exist, which every run reports
  }
}

/** Reports no text of the database. If several addresses refuse, the first one's code is reported. */
function blameStateDatabase(error: unknown): never {
  if (isFailure(error)) throw error;
  const known = stateFailure(error);
  if (known && !known.retryable) throw known;
  const code = codeOf(error);
  const isAnswer = (error as { severity?: unknown }).severity !== undefined;
  throw new Failure('stateUnusable', { why: isAnswer ? `${code}: ${conditionOf(code)}` : code });
}
