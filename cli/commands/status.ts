import { setTimeout } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { ClientOptions, LiveStatus } from '../../client/activation-client.ts';
import type { Project } from '../../config/project.ts';
import type { ProjectProblem } from '../../contract/messages/project.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { ACTIVATION, examples, JSON_OPTION, wholeNumber } from '../options.ts';
import { jsonOf, rawOutput } from '../output.ts';
import { tableWidth } from '../table.ts';
import { isTerminal } from '../terminal.ts';

interface StatusFlags {
  json?: boolean;
  /** Set the exit code when something needs a person. */
  check?: boolean;
  /** Seconds between two updates; undefined: show the status once. */
  watch?: number;
}

export function defineStatus(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('show each activation: last run, list, next run, problems')
    .argument('[activation]', `${ACTIVATION}; default: all of the project`)
    .option('--json', JSON_OPTION)
    .option('--check', 'exit with 1 if something needs a person')
    .addOption(
      new Option('--watch [seconds]', 'show it again and again')
        .argParser(wholeNumber)
        .preset('10')
        .conflicts('check'),
    )
    .addHelpText('after', WHERE)
    .addHelpText(
      'after',
      examples(
        ['status', 'the whole project'],
        ['status vip-customers --json', 'for a program'],
        ['status --check', 'for monitoring'],
        ['status vip-customers --watch 30', 'until Ctrl-C'],
      ),
    )
    .action((activation: string | undefined, flags: StatusFlags) =>
      context.local(() => showStatus(activation, flags, context)),
    );
}

const WHERE = `
Reads the state database (ACTITO_SYNC_DATABASE_URL), and running and next runs from Temporal. If Temporal does not respond,
it shows the rest and exits with 6. The time left of a list counts from its last delivery. CHANGES: + added, − removed,
~ changed members. A line with ! is a problem or a note. --check counts only problems that need a person, not those that
the next run repairs. With --watch and --json, each status is one line.`;

/** @returns the exit code */
async function showStatus(only: string | undefined, flags: StatusFlags, context: Context): Promise<number> {
  const { signal } = context;
  if (flags.watch === undefined) return showOnce(only, flags, context);
  const pause = Math.min(flags.watch * 1000, LONGEST_TIMER);
  while (!signal.aborted) {
    await showOnce(only, flags, context);
    await setTimeout(pause, undefined, { signal }).catch(() => undefined); // only the signal ends the sleep early
  }
  return EXIT.interrupted;
}

/** Milliseconds. Node treats a longer timeout as none. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Moves the cursor to the top left and clears the screen. */
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

async function showOnce(
  only: string | undefined,
  { json = false, check = false, watch }: StatusFlags,
  { env, out, err, taskQueue }: Context,
): Promise<number> {
  const { projectFolder } = await import('../../config/folder-setting.ts');
  const { activationIds, loadProject, requireKnown } = await import('../../config/project.ts');
  const { statusOf } = await import('./status-report.ts');
  const { readState } = await import('./status-state.ts');
  const { describeStatus } = await import('./status-table.ts');
  const { withState } = await import('../state.ts');
  const { describeError, failureJson } = await import('../errors.ts');
  const project = await loadProject(projectFolder(env));
  if (only !== undefined) requireKnown(project, only);
  const ids = only === undefined ? activationIds(project) : [only];
  const others = otherProblems(project);
  if (others.length > 0 && !json) err.write(`${tell('projectHasProblems', { problems: others }).message}\n`);
  const state = await withState(env, (snapshot) => readState(snapshot, ids));
  const { live, problem } = await readLive({ env, taskQueue }, ids, state.now);
  if (problem !== null) {
    err.write(`Running and next runs are unknown. ${describeError(problem).join(' ')}\n`);
  }
  const activations = ids.map((id) => statusOf(id, project, state, live?.get(id)));
  const needsPerson = others.length > 0 || activations.some((each) => each.needsPerson);
  if (json) {
    const temporal = problem === null ? ('ok' as const) : failureJson(problem);
    const at = state.now;
    // With `--watch`, JSON is one line for each update.
    out.write(
      `${jsonOf('status', { at, needsPerson, problems: others, activations, temporal }, watch === undefined ? 2 : 0)}\n`,
    );
  } else {
    if (watch !== undefined) {
      if (isTerminal(out)) rawOutput(out).write(CLEAR_SCREEN);
      out.write(`${state.now.toISOString()}\n`);
    }
    out.write(`${describeStatus(activations, problem === null, tableWidth(out)).join('\n')}\n`);
  }
  if (check && needsPerson) return EXIT.failed;
  return problem === null ? EXIT.ok : EXIT.incomplete;
}

/** Problems of the project folder that affect no activation. An activation shows its own. */
function otherProblems({ problems, broken, contested }: Project): ProjectProblem[] {
  const told = new Set(
    [...broken.values(), ...contested.values()].flat().map((each) => JSON.stringify(each)),
  );
  return problems.filter((problem) => !told.has(JSON.stringify(problem)));
}

/** Reads what Temporal knows by activation, or why it could not be asked. The rest of the status does not need it. */
async function readLive(
  options: ClientOptions,
  activations: readonly string[],
  now: Date,
): Promise<{ live: Map<string, LiveStatus> | null; problem: Error | null }> {
  const { ActivationClient } = await import('../../client/activation-client.ts');
  try {
    const client = await ActivationClient.connect(options);
    try {
      const found = await Promise.all(
        activations.map(async (id) => [id, await client.status(id, now)] as const),
      );
      return { live: new Map(found), problem: null };
    } finally {
      await client.close();
    }
  } catch (error) {
    return { live: null, problem: error as Error };
  }
}
