import { deleteScheduleCommand, scheduleCommand } from '../commands.ts';
import { advise, failure, message } from './message.ts';
import { problemInWords, type ProjectProblem } from './project.ts';

/** The variable that names a project; schedules are told apart by it. */
const PROJECT_NAME = 'ACTITO_SYNC_PROJECT_NAME';
const SCHEDULE = 'activation/vip-customers';
const NOT_OURS: Foreign = { by: 'project', is: 'other' };

/** Why a schedule is not ours: by what one sees it, and what that is. */
export type Foreign = { by: 'maker' } | { by: 'project' | 'workflow' | 'taskQueue'; is: string };
/** A schedule that an activation should have, and that is someone else's. */
export interface Conflict {
  activation: string;
  schedule: string;
  why: Foreign;
}
const CONFLICT: Conflict = { activation: 'vip-customers', schedule: SCHEDULE, why: NOT_OURS };

const PROBLEM: ProjectProblem = {
  file: 'activations/vip.yaml',
  line: 3,
  setting: 'schedule.evry',
  reason: 'settingUnknown',
  facts: { near: 'every', known: [] },
  message: 'unknown setting, did you mean "every"?',
};

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
  scheduleForeign: failure<{ schedule: string; why: Foreign; project: string }>('InvalidActivation', {
    examples: [
      { schedule: SCHEDULE, why: NOT_OURS, project: 'shop' },
      { schedule: SCHEDULE, why: { by: 'maker' }, project: 'shop' },
      { schedule: SCHEDULE, why: { by: 'workflow', is: 'nightly' }, project: 'shop' },
      { schedule: SCHEDULE, why: { by: 'taskQueue', is: 'staging' }, project: 'shop' },
    ],
    says: ({ schedule, why, project }) =>
      `The schedule ${schedule} ${foreignInWords(why)}; this project is "${project}" (${PROJECT_NAME} names it). Nothing was changed.`,
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
            `activations/${activation} schedule: the schedule ${schedule} exists and ${foreignInWords(why)}; this project is "${project}".`,
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
  schedulesUntouched: message<{ folder: string; activations: string[]; problems: ProjectProblem[] }>({
    examples: [
      { folder: '/project', activations: ['vip'], problems: [PROBLEM] },
      { folder: '/project', activations: [], problems: [PROBLEM] },
    ],
    says: ({ folder, activations, problems }) =>
      [
        activations.length === 0
          ? `The project folder ${folder} has problems:`
          : `The project folder ${folder} has problems. These activations cannot run, and their schedules were left as they are: ` +
            `${activations.join(', ')}.`,
        ...problems.map(problemInWords),
      ].join('\n'),
  }),
};

/** As the end of a sentence, e.g. `belongs to the project "other"`. */
export function foreignInWords(why: Foreign): string {
  if (why.by === 'maker') return 'was not made by this command';
  if (why.by === 'project') return `belongs to the project "${why.is}"`;
  return why.by === 'workflow'
    ? `starts another workflow (${why.is})`
    : `is for another task queue (${why.is})`;
}
