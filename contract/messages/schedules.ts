import { deleteScheduleCommand, scheduleCommand } from '../commands.ts';
import { advise, failure, message } from './message.ts';
import { problemInWords, type ProjectProblem } from './project.ts';

/** The variable with the project's name, which identifies its schedules. */
const PROJECT_NAME = 'ACTITO_SYNC_PROJECT_NAME';
const SCHEDULE = 'activation/vip-customers';
const NOT_OURS: Foreign = { by: 'project', is: 'other' };

/** Why a schedule is not ours: the property that differs, and its value. */
export type Foreign = { by: 'maker' } | { by: 'project' | 'workflow' | 'taskQueue'; is: string };
/** A schedule that an activation needs but that another program owns. */
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

/** Messages about schedules when they are applied, paused or resumed. */
export const SCHEDULE_MESSAGES = {
  scheduleMissing: failure('InvalidActivation', {
    examples: [{ schedule: SCHEDULE, project: 'shop' }],
    says: ({ schedule }) => `The schedule ${schedule} does not exist. Nothing was changed.`,
    next: ({ project }) => [
      { advice: `List the schedules of project "${project}"`, command: scheduleCommand('list') },
      { advice: 'Create missing schedules', command: scheduleCommand('apply') },
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
      `The schedule ${schedule} ${foreignInWords(why)}; this project is "${project}" (${PROJECT_NAME}). Nothing was changed.`,
  }),
  scheduleDeletedMeanwhile: failure('ActivationBusy', {
    examples: [{ schedule: SCHEDULE }],
    says: ({ schedule }) => `The schedule ${schedule} was deleted by someone else at the same time.`,
  }),
  scheduleChangedMeanwhile: failure('ActivationBusy', {
    examples: [{ schedule: SCHEDULE }],
    says: ({ schedule }) =>
      `The schedule ${schedule} was created or deleted by someone else at the same time.`,
    next: () => advise('Apply the schedules again.'),
  }),
  scheduleTimesRefused: failure('ConfigurationInvalid', {
    examples: [{ activation: 'vip-customers', times: '0 25 * * *', timezone: 'UTC' }],
    says: ({ activation, times, timezone }) =>
      `activations/${activation} schedule: Temporal rejected ${times} in ${timezone}.`,
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
            ? 'Also delete'
            : `If it is the same project, set ${PROJECT_NAME} to its name. Otherwise, rename the activation's file, or ` +
              'delete the schedule',
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
          : `The project folder ${folder} has problems. These activations cannot run; their schedules were not changed: ` +
            `${activations.join(', ')}.`,
        ...problems.map(problemInWords),
      ].join('\n'),
  }),
};

/** As the end of a sentence, e.g. `belongs to the project "other"`. */
export function foreignInWords(why: Foreign): string {
  if (why.by === 'maker') return 'was not created by actito-sync';
  if (why.by === 'project') return `belongs to the project "${why.is}"`;
  return why.by === 'workflow'
    ? `starts another workflow (${why.is})`
    : `is for another task queue (${why.is})`;
}
