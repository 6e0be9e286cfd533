import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { askAll } from '../init/ask.ts';
import { activationId, projectFiles } from '../init/files.ts';
import { usualAnswers, type Answers } from '../init/questions.ts';
import { assertEmpty, writeFiles } from '../init/write.ts';
import { examples, type CommandContext } from './context.ts';
import { PROGRAM } from '../../contract/commands.ts';
import type { Surroundings } from './surroundings.ts';

/** Adds `init [folder]`. */
export function defineInit(program: Command, { surroundings, local }: CommandContext): void {
  program
    .command('init')
    .description('write a project folder to begin with: asks on a terminal, otherwise takes what is usual')
    .argument('[folder]', 'empty, or not there yet', '.')
    .option('--yes', 'ask nothing')
    .addHelpText(
      'after',
      examples(
        ['init my-project', 'asks a dozen questions'],
        ['init my-project --yes', 'to be edited afterwards'],
      ),
    )
    .action((folder: string, { yes = false }: { yes?: boolean }) =>
      local(() => init(folder, yes, surroundings)),
    );
}

/** `init [folder]`. @returns the exit code @throws Failure InvalidActivation when the folder cannot be written to */
async function init(folder: string, yes: boolean, { in: input, out }: Surroundings): Promise<number> {
  await assertEmpty(folder);
  let answers: Answers | undefined = usualAnswers();
  if (!yes && input?.isTTY) {
    out.write('Enter takes what is in brackets. Everything can be changed in the files afterwards.\n');
    answers = await askAll(input, out);
    if (!answers) {
      out.write('\nNothing was written.\n');
      return EXIT.interrupted;
    }
  }
  const place = resolve(folder);
  const files = projectFiles(answers, place);
  await writeFiles(place, files);
  const lines = [
    `Written in ${place}:`,
    ...Object.keys(files).map((path) => `  ${path}`),
    '',
    ...next(place, answers),
  ];
  out.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

function next(folder: string, answers: Answers): string[] {
  return [
    `Try it first without Actito and without its secrets: ${PROGRAM} dev ${folder}`,
    'Next: copy .env.example to a place outside of git (here /etc/my.env), fill it in, and load it where the worker and',
    'these commands run (or start each by node --env-file=/etc/my.env):',
    '  set -a; . /etc/my.env; set +a',
    `  ${PROGRAM} validate ${folder} --env`,
    '  npm run worker',
    `  ${PROGRAM} doctor`,
    `  ${PROGRAM} run ${activationId(answers)} --dry-run`,
    `  ${PROGRAM} schedule apply`,
  ];
}
