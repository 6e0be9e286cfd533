import { basename, resolve } from 'node:path';
import type { ScheduleDescription } from '@temporalio/client';
import { projectFolder } from '../../config/folder-setting.ts';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../workflows/contract.ts';

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

/** The owner that this environment speaks for; a project without a name is called like its folder. */
export function ownerFrom(env: NodeJS.ProcessEnv, taskQueue = TASK_QUEUE): Owner {
  return { project: env[PROJECT_NAME] || basename(resolve(projectFolder(env))), taskQueue };
}

/**
 * Why a schedule is not this owner's, as a sentence's end; undefined: it is. Only what carries our memo and still
 * starts our workflow is ever changed or deleted: people make schedules too, and may take one of ours for something else.
 */
export function foreignness({ memo, action }: ScheduleDescription, owner: Owner): string | undefined {
  const project = memo?.[PROJECT_MEMO];
  if (typeof project !== 'string') return 'was not made by this command';
  if (project !== owner.project) return `belongs to the project "${project}"`;
  if (action.workflowType !== WORKFLOW_TYPE) return `starts another workflow (${action.workflowType})`;
  if (action.taskQueue !== owner.taskQueue) return `is for another task queue (${action.taskQueue})`;
  return undefined;
}
