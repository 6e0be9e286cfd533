import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import { projectFolder } from '../../config/folder-setting.ts';
import { activationIds, loadProject, requireKnown, type Project } from '../../config/project.ts';
import { tell } from '../../contract/messages/tell.ts';
import { connectTemporal } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { describeError, failureJson } from '../output/errors.ts';
import { describeStatus } from '../output/status.ts';
import { withState } from '../state.ts';
import { readOutlook, type Outlook } from '../status/next-start.ts';
import { readState, statusOf } from '../status/status.ts';
import { examples, type CommandContext } from './context.ts';
import { ACTIVATION, JSON_OPTION } from './options.ts';
import type { Surroundings } from './surroundings.ts';

/** Adds `status [activation]`. */
export function defineStatus(program: Command, { surroundings, local }: CommandContext): void {
  program
    .command('status')
    .description(
      'show how the activations stand: last run, hours left of each list, next start, and what to look at',
    )
    .argument('[activation]', `${ACTIVATION}; default: all of the project`)
    .option('--json', JSON_OPTION)
    .addHelpText('after', WHERE)
    .addHelpText(
      'after',
      examples(['status', 'of the whole project'], ['status vip-customers --json', 'for a program']),
    )
    .action((activation: string | undefined, { json = false }: { json?: boolean }) =>
      local(() => showStatus(activation, json, surroundings)),
    );
}

const WHERE = `
Reads the state database directly (ACTITO_SYNC_DATABASE_URL), and from Temporal the next starts and the runs that go on;
without Temporal it says so, shows the rest, and ends with exit code 6. The hours left count from our last delivery. In CHANGES, + are new, − gone, ~ changed members.`;

async function showStatus(
  only: string | undefined,
  json: boolean,
  { env, out, err }: Surroundings,
): Promise<number> {
  const project = await loadProject(projectFolder(env));
  if (only !== undefined) requireKnown(project, only);
  const ids = only === undefined ? activationIds(project) : [only];
  tellOthers(project, err);
  const state = await withState(env, (snapshot) => readState(snapshot, ids));
  const { outlooks, problem } = await readOutlooks(env, ids, state.now);
  if (problem !== null) {
    err.write(`The next starts, and what goes on now, are unknown. ${describeError(problem).join(' ')}\n`);
  }
  const statuses = ids.map((id) => statusOf(id, project, state, outlooks?.get(id)));
  const lines = json
    ? [
        JSON.stringify(
          { activations: statuses, temporal: problem === null ? 'ok' : failureJson(problem) },
          null,
          2,
        ),
      ]
    : describeStatus(statuses, problem === null);
  out.write(`${lines.join('\n')}\n`);
  return problem === null ? EXIT.ok : EXIT.incomplete;
}

/** What is wrong in the project folder, and concerns no activation: the others show theirs. */
function tellOthers({ problems, broken, contested }: Project, err: Writable): void {
  const told = new Set(
    [...broken.values(), ...contested.values()].flat().map((each) => JSON.stringify(each)),
  );
  const others = problems.filter((problem) => !told.has(JSON.stringify(problem)));
  if (others.length > 0) err.write(`${tell('projectHasProblems', { problems: others }).message}\n`);
}

/** What Temporal knows by activation, or why it could not be asked: the rest of the status is known without it. */
async function readOutlooks(
  env: NodeJS.ProcessEnv,
  activations: readonly string[],
  now: Date,
): Promise<{ outlooks: Map<string, Outlook> | null; problem: Error | null }> {
  try {
    const client = await connectTemporal(env);
    try {
      const found = await Promise.all(
        activations.map(async (id) => [id, await readOutlook(client, id, now)] as const),
      );
      return { outlooks: new Map(found), problem: null };
    } finally {
      await client.connection.close();
    }
  } catch (error) {
    return { outlooks: null, problem: error as Error };
  }
}
