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

/** `project.yaml`: settings of the whole project. The file is optional. */
export const settingsSchema = z.strictObject({
  timezone: places.timezone,
  defaultCountry: places.defaultCountry,
  retention: retentionSchema.prefault({}),
  dbt: z
    .strictObject({
      manifest: z
        .string()
        .min(1)
        .describe(
          'Path of its manifest.json (dbt 1.0 or later) on the machine of the worker, relative to the project folder.',
        )
        .meta({ examples: ['../dbt/target/manifest.json'] }),
    })
    .optional()
    .describe('The dbt project whose models segments can name.'),
});

/** The default time zone and country of values. Checked separately from the rest of the file. */
const placesSchema = settingsSchema.pick({ timezone: true, defaultCountry: true }).loose();

/** Settings of the whole project; durations in milliseconds. */
export type Settings = z.output<typeof settingsSchema>;

const FILE_NAMES = ['project.yaml', 'project.yml'];

/**
 * Reads `project.yaml` of a project folder; without it, the defaults apply.
 * @returns undefined settings if the file is not valid: then the retention is unknown. Undefined places if it may
 *   contain places that cannot be read
 */
export async function readSettings(
  folder: string,
): Promise<{ settings: Settings | undefined; places: Places | undefined; problems: Problem[] }> {
  const [found, other] = await findFiles(folder);
  if (!found) return { settings: settingsSchema.parse({}), places: {}, problems: [] };
  const checked = checkFiles([found], settingsSchema);
  const problems = [...found.problems, ...checked.problems];
  // If there are two files, it is unknown which one is meant.
  if (other) problems.push(problemWith(FILE_NAMES[1]!, 'idTaken', { id: 'project' }), ...other.problems);
  const [settings] = problems.length > 0 ? [] : checked.loaded.map(({ value }) => value);
  const places = settings ?? (other ? undefined : await placesOf(folder, found));
  return { settings, places, problems };
}

/** Reads the places of an invalid file, because an error elsewhere in it must not change values. */
async function placesOf(folder: string, { file, problems }: ProjectFile): Promise<Places | undefined> {
  // An empty file, or a list, has no places.
  if (file) return isGroup(file.value) ? placesWithin(file.value) : {};
  const [{ file: name, told }] = problems as [Problem];
  if (told.reason === 'fileIrregular') return {};
  if (['fileTooLarge', 'fileUnreadable'].includes(told.reason)) return undefined;
  // It is no YAML, or not UTF-8, so it can have a place only if it contains one of the names.
  const text = await readFile(join(folder, name), 'latin1');
  return /timezone|country/i.test(text.replaceAll('\0', '')) ? undefined : {};
}

/** Undefined also if a place has its former name. */
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
