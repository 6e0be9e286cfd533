import type { ScheduleDescription } from '@temporalio/client';
import * as owned from '../../activation/schedule-owner.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import type { Foreign } from '../../contract/messages/schedules.ts';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../contract/names.ts';

export { PROJECT_MEMO, PROJECT_NAME, type Owner } from '../../activation/schedule-owner.ts';

/** The owner that this environment speaks for. */
export function ownerFrom(env: NodeJS.ProcessEnv, taskQueue = TASK_QUEUE): owned.Owner {
  return { project: env[owned.PROJECT_NAME] || owned.projectName(env, projectFolder(env)), taskQueue };
}

/** Why a schedule is not this owner's; undefined: it is. */
export function foreignness(schedule: ScheduleDescription, owner: owned.Owner): Foreign | undefined {
  return owned.foreignness(schedule, owner, WORKFLOW_TYPE);
}
