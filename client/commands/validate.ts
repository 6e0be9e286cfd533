import type { Command } from 'commander';
import { tell } from '../../contract/messages/tell.ts';
import { EXIT } from '../exit-codes.ts';
import { describeValidation } from '../output/validation.ts';
import { validateProject, withoutPlace, type Validation } from '../validate/validate.ts';
import { examples, type CommandContext } from './context.ts';

interface ValidateFlags {
  env?: boolean;
  json?: boolean;
}

/** Of no folder at all. */
const UNNAMED: Validation = {
  folder: 'ACTITO_SYNC_PROJECT',
  valid: false,
  problems: [withoutPlace(tell('projectUnnamed', {}))],
  warnings: [],
};

/** Adds `validate [folder]`. */
export function defineValidate(program: Command, { surroundings, local }: CommandContext): void {
  program
    .command('validate')
    .description('check the project folder: all errors with file and line, and what is probably not meant')
    .argument('[folder]', 'default: ACTITO_SYNC_PROJECT')
    .option(
      '--env',
      'also check that the environment variables which the folder names are set here, and usable',
    )
    .option('--json', 'print the answer as JSON, and nothing else')
    .addHelpText(
      'after',
      examples(
        ['validate', 'before it is committed, or deployed'],
        ['validate --env', 'where the worker will run'],
        ['validate ./my-project --json', 'for a program'],
      ),
    )
    .action((folder: string | undefined, { env: withEnv = false, json = false }: ValidateFlags) =>
      local(async () => {
        const { env, out } = surroundings;
        const where = folder ?? env.ACTITO_SYNC_PROJECT;
        const result =
          where === undefined ? UNNAMED : await validateProject(where, withEnv ? env : undefined);
        const lines = json ? [JSON.stringify(result, null, 2)] : describeValidation(result);
        out.write(`${lines.join('\n')}\n`);
        return result.valid ? EXIT.ok : EXIT.usage;
      }),
    );
}
