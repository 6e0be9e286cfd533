import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { projectFolder } from '../../config/folder-setting.ts';
import { Failure } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import { loadProject } from '../../config/project.ts';
import {
  applyChange,
  foreseen,
  ownerFrom,
  planSchedules,
  type AppliedSchedule,
} from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import { describeForeign, describeSchedule } from '../output/schedules.ts';
import { examples, type CommandContext } from './context.ts';
import { defineScheduleState } from './schedule-state.ts';
import type { Surroundings } from './surroundings.ts';

interface ApplyFlags {
  /** Tell what would be done, and change nothing. */
  dryRun?: boolean;
  json?: boolean;
}

/** Adds `schedule`: apply, list, pause and resume. */
export function defineSchedule(program: Command, context: CommandContext): void {
  const { surroundings, connected } = context;
  const schedule = program
    .command('schedule')
    .description("the activations' schedules in Temporal")
    .addHelpText('after', examples(...EXAMPLES));
  schedule
    .command('apply')
    .description(
      'make the schedules in Temporal what the project folder (ACTITO_SYNC_PROJECT) says: create, update, and delete ' +
        'those of this project that vanished from it',
    )
    .option('--dry-run', 'tell what would be done, and change nothing')
    .option('--json', 'print the schedules as JSON, and nothing else')
    .addHelpText('after', OURS)
    .addHelpText('after', examples(...EXAMPLES))
    .action((flags: ApplyFlags) => connected((client) => applyProjectSchedules(client, flags, surroundings)));
  defineScheduleState(schedule, context);
}

const EXAMPLES: [string, string][] = [
  ['schedule apply --dry-run', 'the difference, field by field'],
  ['schedule apply', 'after a change of the project folder'],
  ['schedule apply --dry-run --json', 'for a program'],
];

const OURS = `
Only schedules that this command made for this project are changed or deleted. A project is called like its folder, or
as ACTITO_SYNC_PROJECT_NAME says; give it one name on every machine. What is paused stays paused.`;

/**
 * `schedule apply`: a line for each schedule. What is wrong in the folder stops only the activations that it concerns.
 * @returns the exit code
 * @throws Failure ConfigurationInvalid when the project folder is not there, or a schedule belongs to someone else
 */
async function applyProjectSchedules(
  client: Client,
  { dryRun = false, json = false }: ApplyFlags,
  { env, out, err, taskQueue }: Surroundings,
): Promise<number> {
  const line = (text: string) => void (json || out.write(`${text}\n`));
  const folder = projectFolder(env);
  const project = await loadProject(folder);
  const { problems, broken } = project;
  // Whose folder cannot be read has not lost its activations: their schedules must not be deleted.
  if (problems.some(({ file }) => file === 'activations/'))
    throw new Failure('projectInvalid', { folder, problems });
  for (const { message } of project.warnings) err.write(`Warning: ${message}\n`);
  const owner = ownerFrom(env, taskQueue);
  const { changes, foreign } = await planSchedules(
    client,
    project.activations.values(),
    owner,
    broken.keys(),
  );

  const schedules: AppliedSchedule[] = [];
  for (const planned of changes) {
    const applied = dryRun ? foreseen(planned) : await applyChange(client, planned);
    describeSchedule(applied, dryRun).forEach(line);
    schedules.push(applied);
  }
  for (const other of foreign) line(describeForeign(other));
  if (schedules.length === 0) line('No activation of the project has a schedule.');
  if (dryRun) line('Nothing was changed.');
  if (json) out.write(`${JSON.stringify({ ...owner, dryRun, schedules, foreign, problems }, null, 2)}\n`);
  if (problems.length === 0) return EXIT.ok;
  err.write(`${tell('schedulesUntouched', { folder, activations: [...broken.keys()], problems }).message}\n`);
  return EXIT.failed;
}
