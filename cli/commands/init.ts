import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { PROGRAM } from '../../contract/commands.ts';
import { Failure } from '../../contract/failure.ts';
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
    .option('--yes', 'use the defaults, ask nothing')
    .addHelpText(
      'after',
      examples(
        ['init my-project', 'asks 12 questions'],
        ['init my-project --yes', 'uses defaults, for you to edit'],
        ['init my-project --activation sleepers', 'adds an activation'],
      ),
    )
    .action(
      (folder: string | undefined, { yes = false, activation }: { yes?: boolean; activation?: string }) =>
        context.local(() =>
          activation === undefined
            ? init(folder ?? '.', yes, context)
            : addActivation(folder ?? context.env.ACTITO_SYNC_PROJECT ?? '.', activation, yes, context),
        ),
    );
}

/** @returns the exit code @throws Failure InvalidActivation when the folder is not writable */
async function init(folder: string, yes: boolean, { in: input, out }: Context): Promise<number> {
  await assertEmpty(folder);
  const { askAll, usualAnswers } = await import('./init-questions.ts');
  const { activationId, projectFiles } = await import('./init-files.ts');
  let answers: Answers | undefined = usualAnswers();
  if (!yes && input?.isTTY) {
    out.write(
      'Press Enter to accept the value in brackets. You can change everything in the files afterwards.\n',
    );
    answers = await askAll(input, out);
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
    ...next(place, activationId(answers)),
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
  const usual = { ...usualAnswers(), segment: id.replaceAll('-', ' ') };
  const { environment, entity, profileTable, protocol, host, username, directory } = usual;
  const given = { environment, entity, profileTable, protocol, host, username, directory };
  const answers =
    !yes && input?.isTTY ? await askAll(input, out, { given, offers: { segment: usual.segment } }) : usual;
  if (!answers) {
    out.write('\nNothing was written.\n');
    return EXIT.interrupted;
  }
  const [source = 'warehouse'] = project.sources.keys();
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

function next(folder: string, activation: string): string[] {
  return [
    `Try it without Actito and without secrets: ${PROGRAM} dev ${folder}`,
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
