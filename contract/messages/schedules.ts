import { deleteScheduleCommand, scheduleCommand } from '../commands.ts';
import { advise, failure } from './message.ts';

/** The variable that names a project; schedules are told apart by it. */
const PROJECT_NAME = 'ACTITO_SYNC_PROJECT_NAME';
const SCHEDULE = 'activation/vip-customers';
const NOT_OURS = 'belongs to the project "other"';

/** A schedule that an activation should have, and that is someone else's. */
interface Conflict {
  activation: string;
  schedule: string;
  /** As a sentence's end. */
  why: string;
}
const CONFLICT: Conflict = { activation: 'vip-customers', schedule: SCHEDULE, why: NOT_OURS };

/** What is said of schedules when they are applied, paused or resumed. */
export const SCHEDULE_MESSAGES = {
  scheduleMissing: failure('InvalidActivation', {
    examples: [{ schedule: SCHEDULE, project: 'shop' }],
    says: ({ schedule }) => `The schedule ${schedule} does not exist. Nothing was changed.`,
    next: ({ project }) => [
      { advice: `See those of the project "${project}"`, command: scheduleCommand('list') },
      { advice: 'Make what is missing', command: scheduleCommand('apply') },
    ],
  }),
  scheduleForeign: failure('InvalidActivation', {
    examples: [{ schedule: SCHEDULE, why: NOT_OURS, project: 'shop' }],
    says: ({ schedule, why, project }) =>
      `The schedule ${schedule} ${why}; this project is "${project}" (${PROJECT_NAME} names it). Nothing was changed.`,
  }),
  scheduleDeletedMeanwhile: failure('ActivationBusy', {
    examples: [{ schedule: SCHEDULE }],
    says: ({ schedule }) => `The schedule ${schedule} was deleted by someone else just now.`,
  }),
  scheduleChangedMeanwhile: failure('ActivationBusy', {
    examples: [{ schedule: SCHEDULE }],
    says: ({ schedule }) => `The schedule ${schedule} was created or deleted by someone else just now.`,
    next: () => advise('Apply the schedules once more.'),
  }),
  scheduleTimesRefused: failure('ConfigurationInvalid', {
    examples: [{ activation: 'vip-customers', times: '0 25 * * *', timezone: 'UTC' }],
    says: ({ activation, times, timezone }) =>
      `activations/${activation} schedule: Temporal does not take ${times} in ${timezone}.`,
    next: () =>
      advise(
        'Check the fields of the expression (minute 0-59, hour 0-23, day, month, weekday) and the name of the time zone.',
      ),
  }),
  schedulesTaken: failure<{ project: string; conflicts: Conflict[] }>('ConfigurationInvalid', {
    examples: [
      { project: 'shop', conflicts: [CONFLICT] },
      {
        project: 'shop',
        conflicts: [CONFLICT, { ...CONFLICT, activation: 'newsletter', schedule: 'activation/newsletter' }],
      },
    ],
    says: ({ project, conflicts }) =>
      conflicts
        .map(
          ({ activation, schedule, why }) =>
            `activations/${activation} schedule: the schedule ${schedule} exists and ${why}; this project is "${project}".`,
        )
        .join('\n') + `${conflicts.length > 1 ? '\n' : ' '}No schedule was changed.`,
    next: ({ conflicts }) =>
      conflicts.map(({ schedule }, at) => ({
        advice:
          at > 0
            ? 'Or that one'
            : `If they are the same project, set ${PROJECT_NAME} to its name; otherwise rename the activation's file, or ` +
              'delete that schedule',
        command: deleteScheduleCommand(schedule),
      })),
  }),
};
