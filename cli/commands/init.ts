import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { PROGRAM } from '../../contract/commands.ts';
import { Failure } from '../../contract/failure.ts';
import type { Driver } from '../../activation/definition/source.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options.ts';
import type { Answers } from './init-questions.ts';

export function defineInit(program: Command, context: CommandContext): void {
  program
    .command('init')
    .description('create a project folder')
    .argument(
      '[folder]',
      'a new or empty folder, default: this one; with --activation, a project, default: ACTITO_SYNC_PROJECT',
    )
    .option('--activation <id>', 'add an activation to the project instead')
    .addOption(
      new Option('--warehouse <driver>', 'kind of the warehouse, such as mysql; default: postgres').conflicts(
        'activation',
      ),
    )
    .option('--yes', 'use the defaults, ask nothing')
    .addHelpText(
      'after',
      examples(
        ['init my-project', 'asks 13 to 18 questions'],
        ['init my-project --warehouse snowflake', 'for a warehouse that is not PostgreSQL'],
        ['init my-project --yes', 'uses defaults, for you to edit'],
        ['init my-project --activation sleepers', 'adds an activation'],
      ),
    )
    .action((folder: string | undefined, { yes = false, activation, warehouse }: InitFlags) =>
      context.local(() =>
        activation === undefined
          ? init(folder ?? '.', { yes, warehouse }, context)
          : addActivation(folder ?? context.env.ACTITO_SYNC_PROJECT ?? '.', activation, yes, context),
      ),
    );
}

interface InitFlags {
  yes?: boolean;
  activation?: string;
  warehouse?: string;
}

/**
 * Creates a project folder. @returns the exit code
 * @throws Failure InvalidActivation when the warehouse is unknown, or the folder is not writable
 */
async function init(
  folder: string,
  { yes, warehouse }: InitFlags,
  { in: input, out }: Context,
): Promise<number> {
  await assertEmpty(folder);
  const { askAll, usualAnswers } = await import('./init-questions.ts');
  const { activationId, projectFiles } = await import('./init-files.ts');
  const given = warehouse === undefined ? {} : { driver: await driverCalled(warehouse) };
  let answers: Answers | undefined = usualAnswers(given);
  if (!yes && input?.isTTY) {
    out.write(
      'Press Enter to accept the value in brackets. You can change everything in the files afterwards.\n',
    );
    answers = await askAll(input, out, { given });
    if (!answers) {
      out.write('\nNo files were written.\n');
      return EXIT.interrupted;
    }
  }
  const place = resolve(folder);
  const files = projectFiles(answers, place);
  await writeFiles(place, files);
  const lines = [
    `Created in ${place}:`,
    ...Object.keys(files).map((path) => `  ${path}`),
    '',
    ...(await next(place, answers.driver, activationId(answers))),
  ];
  out.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/**
 * Adds an activation to a folder (`init [folder] --activation <id>`). @returns the exit code
 * @throws Failure InvalidActivation when the id is invalid or taken, or the file cannot be written;
 * ConfigurationInvalid
 */
async function addActivation(
  folder: string,
  id: string,
  yes: boolean,
  { in: input, out }: Context,
): Promise<number> {
  const { checkActivationId } = await import('../project.ts');
  const { activationIds, loadProject } = await import('../../config/project.ts');
  const { askAll, usualAnswers } = await import('./init-questions.ts');
  const { activationFile } = await import('./init-files.ts');
  checkActivationId(id);
  const place = resolve(folder);
  const project = await loadProject(place);
  if (activationIds(project).includes(id))
    throw new Failure('activationExists', { folder: place, activation: id });
  const [[source, { driver }] = ['warehouse', { driver: undefined }]] = project.sources;
  const usual = usualAnswers({ driver, segment: id.replaceAll('-', ' ') });
  const asked = { members: undefined, keyType: undefined, keyColumn: undefined, keyAttribute: undefined };
  const given = { ...usual, ...asked, segment: undefined };
  const answers =
    !yes && input?.isTTY ? await askAll(input, out, { given, offers: { segment: usual.segment } }) : usual;
  if (!answers) {
    out.write('\nNothing was written.\n');
    return EXIT.interrupted;
  }
  const [destination = 'actito'] = project.destinations.keys();
  const path = `activations/${id}.yaml`;
  await writeFiles(place, { [path]: activationFile(answers, { source, destination }) });
  const lines = [
    `Written: ${join(place, path)} (source ${source}, destination ${destination})`,
    `Next: ${PROGRAM} validate ${place}`,
  ];
  out.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/** Returns the driver that people call so. @throws Failure InvalidActivation with a suggestion */
async function driverCalled(warehouse: string): Promise<Driver> {
  const { checkAnswer } = await import('./init-questions.ts');
  const checked = checkAnswer('driver', warehouse);
  if ('value' in checked) return checked.value as Driver;
  throw new Failure('warehouseUnknown', { warehouse, expected: checked.expected });
}

async function next(folder: string, driver: Driver, activation: string): Promise<string[]> {
  const { installCommand, sourceVariables } = await import('./init-source.ts');
  const { infoOf } = await import('../../activation/definition/source.ts');
  const install = installCommand(driver);
  const secrets = infoOf(driver).createdByDev ? [] : sourceVariables(driver).map(({ name }) => name);
  return [
    ...(install === undefined ? [] : [`Install the driver of the warehouse: ${install}`]),
    secrets.length === 0
      ? `Try it without Actito and without secrets: ${PROGRAM} dev ${folder}`
      : `Set ${secrets.join(', ')}, and try it without Actito: ${PROGRAM} dev ${folder}`,
    'Then copy .env.example to a file outside of git (here /etc/my.env), fill it in, and load it in the shells of the worker',
    'and of these commands (or start each with node --env-file=/etc/my.env):',
    '  set -a; . /etc/my.env; set +a',
    `  ${PROGRAM} validate ${folder} --env`,
    '  npm run worker',
    `  ${PROGRAM} doctor`,
    `  ${PROGRAM} run ${activation} --dry-run`,
    `  ${PROGRAM} schedule apply`,
  ];
}

/** Entries that a folder can contain and still count as empty. */
const HARMLESS = new Set(['.git', '.DS_Store']);

/**
 * Makes sure that `init` overwrites nothing.
 * @throws Failure InvalidActivation when the folder is not empty, or is not a folder
 */
async function assertEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Failure('folderUnusable', { folder, code: error.code ?? error.name });
  });
  const [first] = names.filter((name) => !HARMLESS.has(name)).sort();
  if (first === undefined) return;
  throw new Failure('folderNotEmpty', { folder, holds: first });
}

/**
 * Writes the files of a project; none of them can exist already. @throws Failure InvalidActivation when the system
 * refuses
 */
export async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { flag: 'wx' });
    }
  } catch (error) {
    const { code, name, path = folder } = error as NodeJS.ErrnoException;
    throw new Failure('fileNotWritten', { path, code: code ?? name }, { cause: error });
  }
}
