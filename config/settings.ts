import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ms from 'ms';
import { z } from 'zod';
import { duration } from '../activation/definition/common.ts';
import { expected } from '../contract/messages/expected.ts';
import { places, type Places } from '../activation/definition/places.ts';
import { checkFiles, readYaml, type ProjectFile } from './folder.ts';
import { problemWith, type Problem } from './problem.ts';
import { FORMER_NAMES } from './validate.ts';

const WEEK = ms('7d');

const retentionSchema = z
  .strictObject({
    rejects: duration
      .prefault('14d')
      .describe('How long rejected keys are kept after they were last seen.')
      .meta({ examples: ['30d'] }),
    changeLog: duration
      .prefault('14d')
      .describe('How long the added and removed members of each run are kept. undo and explain need them.')
      .meta({ examples: ['30d'] }),
    runs: duration
      .refine((age) => age >= WEEK, {
        error: expected('retentionOfRuns'),
      })
      .prefault('90d')
      .describe(
        'How long runs are kept, with their imports and deliveries. At least 7d, and at least as long as the other two.',
      )
      .meta({ examples: ['180d'] }),
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
  .describe('How long the state database keeps past data.');

/** `project.yaml`: what holds for the whole project. The file may be missing. */
export const settingsSchema = z.strictObject({
  timezone: places.timezone,
  defaultCountry: places.defaultCountry,
  retention: retentionSchema.prefault({}),
});

/** Where values are from, unless somebody says otherwise. Valid or not apart from the rest of the file. */
const placesSchema = settingsSchema.pick({ timezone: true, defaultCountry: true }).loose();

/** What holds for the whole project; durations in milliseconds. */
export type Settings = z.output<typeof settingsSchema>;

const FILE_NAMES = ['project.yaml', 'project.yml'];

/**
 * Reads `project.yaml` of a project folder; a project without one has the defaults.
 * @returns undefined settings when it is not valid: then nobody knows how long what is past is kept. Undefined places when
 *   what it says of them cannot be known
 */
export async function readSettings(
  folder: string,
): Promise<{ settings: Settings | undefined; places: Places | undefined; problems: Problem[] }> {
  const [found, other] = await findFiles(folder);
  if (!found) return { settings: settingsSchema.parse({}), places: {}, problems: [] };
  const checked = checkFiles([found], settingsSchema);
  const problems = [...found.problems, ...checked.problems];
  // Of two files nobody knows which is meant.
  if (other) problems.push(problemWith(FILE_NAMES[1]!, 'idTaken', { id: 'project' }), ...other.problems);
  const [settings] = problems.length > 0 ? [] : checked.loaded.map(({ value }) => value);
  const places = settings ?? (other ? undefined : await placesOf(folder, found));
  return { settings, places, problems };
}

/** What an invalid file says of them: a fault elsewhere in it must not change anybody's values. */
async function placesOf(folder: string, { file, problems }: ProjectFile): Promise<Places | undefined> {
  // A file that is empty, or a list, says nothing.
  if (file) return isGroup(file.value) ? placesWithin(file.value) : {};
  const [{ file: name, told }] = problems as [Problem];
  if (told.reason === 'fileIrregular') return {};
  if (['fileTooLarge', 'fileUnreadable'].includes(told.reason)) return undefined;
  // It is no YAML, or no UTF-8: it may say a place only if it has one of the words.
  const text = await readFile(join(folder, name), 'latin1');
  return /timezone|country/i.test(text.replaceAll('\0', '')) ? undefined : {};
}

/** Undefined also if a place has the name that it had before. */
function placesWithin(value: object): Places | undefined {
  const hasFormer = Object.keys(value).some((name) => Object.hasOwn(FORMER_NAMES, name));
  return hasFormer ? undefined : placesSchema.safeParse(value).data;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
