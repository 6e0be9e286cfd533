import ms from 'ms';
import { z } from 'zod';
import { duration } from '../activation/definition/common.ts';
import { expected } from '../contract/messages/expected.ts';
import { places } from '../activation/definition/places.ts';
import { checkFiles, readYaml, type ProjectFile } from './folder.ts';
import { problemWith, type Problem } from './problem.ts';

const WEEK = ms('7d');

const retentionSchema = z
  .strictObject({
    rejects: duration
      .prefault('14d')
      .describe('How long rejected keys are kept after they were last seen. Default: 14d.'),
    changeLog: duration
      .prefault('14d')
      .describe(
        'How long it is kept who entered and left a list with each run, for undo and explain. Default: 14d.',
      ),
    runs: duration
      .refine((age) => age >= WEEK, {
        error: expected('retentionOfRuns'),
      })
      .prefault('90d')
      .describe('How long runs are kept, with their imports and deliveries. Default: 90d.'),
  })
  .refine(({ rejects, runs }) => rejects <= runs, {
    path: ['rejects'],
    error: expected('retentionOfRejects'),
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ changeLog, runs }) => changeLog <= runs, {
    path: ['changeLog'],
    error: expected('retentionOfChanges'),
    when: ({ issues }) => issues.length === 0,
  })
  .describe('How long the state database keeps what is past.');

/** `project.yaml`: what holds for the whole project. The file may be missing. */
export const settingsSchema = z.strictObject({
  timezone: places.timezone,
  country: places.country,
  retention: retentionSchema.prefault({}),
});

/** What holds for the whole project; durations in milliseconds. */
export type Settings = z.output<typeof settingsSchema>;

const FILE_NAMES = ['project.yaml', 'project.yml'];

/**
 * Reads `project.yaml` of a project folder; a project without one has the defaults.
 * @returns undefined settings when it is not valid: then nobody knows how long what is past is kept
 */
export async function readSettings(
  folder: string,
): Promise<{ settings: Settings | undefined; problems: Problem[] }> {
  const [found, other] = await findFiles(folder);
  if (!found) return { settings: settingsSchema.parse({}), problems: [] };
  const checked = checkFiles([found], settingsSchema);
  const problems = [...found.problems, ...checked.problems];
  // Of two files nobody knows which is meant.
  if (other) problems.push(problemWith(FILE_NAMES[1]!, 'idTaken', { id: 'project' }), ...other.problems);
  const [settings] = problems.length > 0 ? [] : checked.loaded.map(({ value }) => value);
  return { settings, problems };
}

async function findFiles(folder: string): Promise<ProjectFile[]> {
  const found: ProjectFile[] = [];
  for (const name of FILE_NAMES) {
    const file = await readYaml(folder, name);
    if (file === undefined) continue;
    const id = 'project';
    found.push('problems' in file ? { id, problems: file.problems } : { id, file, problems: [] });
  }
  return found;
}
