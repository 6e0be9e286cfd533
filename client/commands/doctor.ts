import type { Command } from 'commander';
import { Failure } from '../../contract/failure.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import { activationIds, loadProject, problemsOfDestination } from '../../config/project.ts';
import { choiceFor } from '../../activation/suggestion.ts';
import { doctor } from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import { describeTrouble } from '../output/errors.ts';
import { describeProbes } from '../output/probes.ts';
import { examples, type CommandContext } from './context.ts';
import { NO_WORKER } from './follow.ts';

/** Adds `doctor [target]`. */
export function defineDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('try everything that a run will need, from where the worker is: each line ok, or what to do')
    .argument('[target]', 'a destination or an activation; default: the whole project')
    .option('--json', 'print the answer as JSON, and nothing else')
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['doctor', 'before the first run, or when runs fail'],
        ['doctor vip-customers', 'an activation with its source and destination'],
        ['doctor --json', 'for a program'],
      ),
    )
    .action((target: string | undefined, { json = false }: { json?: boolean }) =>
      examine(target, json, context),
    );
}

const WHAT = `
It leaves everything as it is, but for a file with a name of its own that is written, renamed and deleted on the file
server. Rights to import, to add attributes and to make lists show only when a run uses them.`;

async function examine(target: string | undefined, json: boolean, context: CommandContext): Promise<void> {
  const { env, out, err, signal, taskQueue } = context.surroundings;
  if (target !== undefined) await checkTarget(target, env);
  await context.connected(async (client) => {
    const result = await doctor(client, target === undefined ? {} : { target }, {
      taskQueue,
      signal,
      onSilence: () => err.write(`${NO_WORKER}\n`),
      onTrouble: (trouble) => err.write(`${describeTrouble(trouble)}\n`),
    });
    const lines = json ? [JSON.stringify(result, null, 2)] : describeProbes(result.probes);
    out.write(`${lines.join('\n')}\n`);
    return result.probes.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
  });
}

/** @throws Failure InvalidActivation, or ConfigurationInvalid when the project folder is not usable */
async function checkTarget(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = projectFolder(env);
  const project = await loadProject(folder);
  const known = [...project.destinations.keys(), ...activationIds(project)];
  if (known.includes(target) || problemsOfDestination(project, target).length > 0) return;
  const choice = choiceFor(target, known);
  throw new Failure('projectLacksTarget', { folder, target, ...choice });
}
