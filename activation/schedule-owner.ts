import { basename, resolve } from 'node:path';
import type { Foreign } from '../contract/messages/schedules.ts';

/** What the ids of our schedules begin with; the activation's id follows. */
export const SCHEDULE_PREFIX = 'activation/';
/** The memo that tells which project made a schedule. Temporal keeps it as it was when the schedule was made. */
export const PROJECT_MEMO = 'actitoSyncProject';
/** The environment variable that names the project. */
export const PROJECT_NAME = 'ACTITO_SYNC_PROJECT_NAME';

/**
 * Who schedules belong to. Both must be equal: projects that share a namespace need task queues of their own, since a
 * worker knows one project folder; and the name tells projects apart that are applied by mistake with the task queue
 * of another, e.g. the demo with the address of the company's server.
 */
export interface Owner {
  project: string;
  taskQueue: string;
}

/** What of a schedule in Temporal tells whose it is. */
export interface OwnedSchedule {
  memo?: Record<string, unknown>;
  action: { workflowType: string; taskQueue: string };
}

/** The name of the project in `folder`; one without a name is called like its folder. */
export function projectName(env: NodeJS.ProcessEnv, folder: string): string {
  return env[PROJECT_NAME] || basename(resolve(folder));
}

/**
 * Why a schedule is not this owner's; undefined: it is. Only what carries our memo and still
 * starts our workflow is ever changed or deleted: people make schedules too, and may take one of ours for something else.
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
