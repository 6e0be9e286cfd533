import type { Command } from 'commander';
import { Failure } from '../../contract/failure.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import { loadProject, problemsOfDestination } from '../../config/project.ts';
import { choiceFor } from '../../activation/suggestion.ts';
import type { InspectRequest } from '../../contract/inspect.ts';
import { inspect } from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import { describeTrouble } from '../output/errors.ts';
import { describeInspection } from '../output/inspection.ts';
import { examples, type CommandContext } from './context.ts';
import { NO_WORKER } from './follow.ts';

const WHAT = {
  attributes: 'show the attributes of the profile table in Actito, and which activations write them',
  lists: 'show the external target lists in Actito, as far as they can be read',
};

/** Adds `attributes <destination>` and `lists <destination>`. */
export function defineInspections(program: Command, context: CommandContext): void {
  for (const what of ['attributes', 'lists'] as const) {
    program
      .command(what)
      .description(WHAT[what])
      .argument('<destination>', 'the name of its file in destinations/, without .yaml')
      .option('--json', 'print the answer as JSON, and nothing else')
      .addHelpText(
        'after',
        examples([`${what} actito`, 'as a table'], [`${what} actito --json`, 'for a program']),
      )
      .action((destination: string, { json = false }: { json?: boolean }) =>
        show({ destination, what }, json, context),
      );
  }
}

async function show(request: InspectRequest, json: boolean, context: CommandContext): Promise<void> {
  const { env, out, err, signal, taskQueue } = context.surroundings;
  await checkDestination(request.destination, env);
  await context.connected(async (client) => {
    const result = await inspect(client, request, {
      taskQueue,
      signal,
      onSilence: () => err.write(`${NO_WORKER}\n`),
      onTrouble: (trouble) => err.write(`${describeTrouble(trouble)}\n`),
    });
    const lines = json ? [JSON.stringify(result, null, 2)] : describeInspection(result);
    out.write(`${lines.join('\n')}\n`);
    return EXIT.ok;
  });
}

/** @throws Failure InvalidActivation, or ConfigurationInvalid when the project folder is not usable */
async function checkDestination(destination: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = projectFolder(env);
  const project = await loadProject(folder);
  const { destinations } = project;
  if (destinations.has(destination)) return;
  const problems = problemsOfDestination(project, destination);
  if (problems.length > 0) throw new Failure('destinationInvalid', { destination, folder, problems });
  const choice = choiceFor(destination, [...destinations.keys()]);
  throw new Failure('projectLacksDestination', { folder, destination, ...choice });
}
