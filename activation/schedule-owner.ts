import { basename, resolve } from 'node:path';
import type { Foreign } from '../contract/messages/schedules.ts';

/** The prefix of our schedule ids, before the activation's id. */
export const SCHEDULE_PREFIX = 'activation/';
/** The memo with the project that made a schedule. Temporal never changes it. */
export const PROJECT_MEMO = 'actitoSyncProject';
/** The environment variable with the name of the project. */
export const PROJECT_NAME = 'ACTITO_SYNC_PROJECT_NAME';

/**
 * The owner of schedules. Both must be equal. Projects that share a namespace need their own task queues, because a
 * worker has one project folder. The name distinguishes projects that are applied by mistake with another's task queue,
 * e.g. the demo with the address of the company's server.
 */
export interface Owner {
  project: string;
  taskQueue: string;
}

/** What identifies the owner of a schedule in Temporal. */
export interface OwnedSchedule {
  memo?: Record<string, unknown>;
  action: { workflowType: string; taskQueue: string };
}

/** Returns the name of the project in `folder`; by default, the name of the folder. */
export function projectName(env: NodeJS.ProcessEnv, folder: string): string {
  return env[PROJECT_NAME] || basename(resolve(folder));
}

/**
 * Returns why a schedule is not this owner's; undefined if it is. Only schedules with our memo that still start our
 * workflow are changed or deleted, because people also make schedules, and may change one of ours for something else.
 */
export function foreignness(
  { memo, action }: OwnedSchedule,
  owner: Owner,
  workflowType: string,
): Foreign | undefined {
  const project = memo?.[PROJECT_MEMO];
  if (typeof project !== 'string') return { by: 'maker' };
  if (project !== owner.project) return { by: 'project', is: project };
  if (action.workflowType !== workflowType) return { by: 'workflow', is: action.workflowType };
  if (action.taskQueue !== owner.taskQueue) return { by: 'taskQueue', is: action.taskQueue };
  return undefined;
}
