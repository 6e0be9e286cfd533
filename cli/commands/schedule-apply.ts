import type { Command } from 'commander';
import type { Schedule } from '../../activation/definition/schedule.ts';
import type { ActivationClient, AppliedSchedule, ForeignSchedule } from '../../client/activation-client.ts';
import { deleteScheduleCommand } from '../../contract/commands.ts';
import { Failure } from '../../contract/failure.ts';
import { foreignInWords } from '../../contract/messages/schedules.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { Project } from '../../config/project.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { examples, JSON_OPTION } from '../options.ts';
import { jsonOf } from '../output.ts';

interface ApplyFlags {
  /** Print the changes without making them. */
  dryRun?: boolean;
  json?: boolean;
}

export function defineApply(schedule: Command, context: CommandContext): void {
  schedule
    .command('apply')
    .description('make the schedules in Temporal match the project folder')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--json', JSON_OPTION)
    .addHelpText('after', OURS)
    .addHelpText('after', examples(...APPLY_EXAMPLES))
    .action(async (flags: ApplyFlags) => {
      const project = await readProject(context.env);
      await context.connected((client) => apply(client, project, flags, context));
    });
}

/** The help of `schedule` shows these, too. */
export const APPLY_EXAMPLES: [string, string][] = [
  ['schedule apply --dry-run', 'the difference, field by field'],
  ['schedule apply', 'after changing the project folder'],
  ['schedule apply --dry-run --json', 'for a program'],
];

const OURS = `
It creates and updates schedules, and deletes the project's schedules that its folder (ACTITO_SYNC_PROJECT) no longer has.
Only schedules that this command created for this project are changed or deleted. The name of a project is the name of its
folder, or ACTITO_SYNC_PROJECT_NAME; use the same name on every machine. Paused schedules stay paused.`;

/** @throws Failure ConfigurationInvalid when the project folder is missing, or its activations cannot be listed */
async function readProject(env: NodeJS.ProcessEnv): Promise<Project> {
  const { projectFolder } = await import('../../config/folder-setting.ts');
  const { loadProject } = await import('../../config/project.ts');
  const project = await loadProject(projectFolder(env));
  const { folder, problems } = project;
  // If the folder is unreadable, its activations still exist, so their schedules must not be deleted.
  if (problems.some(({ file }) => file === 'activations/'))
    throw new Failure('projectInvalid', { folder, problems });
  return project;
}

/**
 * Applies the schedules and prints a line for each. A problem in the folder stops only the activations that it affects.
 * @returns the exit code
 * @throws Failure ConfigurationInvalid when a schedule belongs to someone else
 */
async function apply(
  client: ActivationClient,
  project: Project,
  { dryRun = false, json = false }: ApplyFlags,
  { out, err }: Context,
): Promise<number> {
  const line = (text: string) => void (json || out.write(`${text}\n`));
  const { unapplied } = await import('../../client/schedule-plan.ts');
  const { timesInWords } = await import('../../client/schedule-spec.ts');
  const { folder, problems, broken } = project;
  for (const { message } of project.warnings) err.write(`Warning: ${message}\n`);
  const { changes, foreign } = await client.planSchedules(project.activations.values(), broken.keys());

  const schedules: AppliedSchedule[] = [];
  for (const planned of changes) {
    const applied = dryRun ? unapplied(planned) : await client.applySchedule(planned);
    describeSchedule(applied, applied.schedule && timesInWords(applied.schedule), dryRun).forEach(line);
    schedules.push(applied);
  }
  for (const other of foreign) line(describeForeign(other));
  if (schedules.length === 0) line('No activation of the project has a schedule.');
  if (dryRun) line('Nothing was changed.');
  if (json)
    out.write(`${jsonOf('scheduleApply', { ...client.owner, dryRun, schedules, foreign, problems })}\n`);
  if (problems.length === 0) return EXIT.ok;
  err.write(`${tell('schedulesUntouched', { folder, activations: [...broken.keys()], problems }).message}\n`);
  return EXIT.failed;
}

/** Describes the change of a schedule line by line; in a dry run, the change that would be made. */
function describeSchedule(applied: AppliedSchedule, times: string | null, dryRun: boolean): string[] {
  const { scheduleId, change, schedule, differences } = applied;
  const what = dryRun && change !== 'unchanged' ? `would be ${change}` : change;
  const facts = [schedule ? timesWithZone(schedule, times!) : 'no longer in the project', state(applied)];
  return [
    `${scheduleId}: ${what} (${facts.filter(Boolean).join('; ')})`,
    ...differences.map(({ field, from, to }) => `  ${field}: ${from} → ${to}`),
  ];
}

/** Describes a schedule that is not ours in one line. */
function describeForeign({ scheduleId, why }: ForeignSchedule): string {
  return (
    `${scheduleId}: not changed, because it ${foreignInWords(why)}; the project has no such activation with a schedule. ` +
    `If it is no longer needed, delete it: ${deleteScheduleCommand(scheduleId)}`
  );
}

function timesWithZone(schedule: Schedule, words: string): string {
  return schedule.every === undefined ? `${words}, ${schedule.timezone ?? 'UTC'}` : words;
}

function state({ paused, note, next, change }: AppliedSchedule): string {
  if (paused) return note === null ? 'paused' : `paused: ${note}`;
  if (next) return `next run ${next.toISOString()}`;
  return change === 'unchanged' ? 'no run scheduled' : '';
}
