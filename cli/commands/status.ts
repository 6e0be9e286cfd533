import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import type { ClientOptions, LiveStatus } from '../../client/activation-client.ts';
import type { Project } from '../../config/project.ts';
import { underWayInWords } from '../../contract/messages/status.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { ACTIVATION, examples, JSON_OPTION } from '../options.ts';
import { table } from '../table.ts';
import { minute } from '../words.ts';
import type { ActivationStatus } from './status-report.ts';

/** Adds `status [activation]`. */
export function defineStatus(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('show each activation: last run, list, next run, problems')
    .argument('[activation]', `${ACTIVATION}; default: all of the project`)
    .option('--json', JSON_OPTION)
    .addHelpText('after', WHERE)
    .addHelpText(
      'after',
      examples(['status', 'the whole project'], ['status vip-customers --json', 'for a program']),
    )
    .action((activation: string | undefined, { json = false }: { json?: boolean }) =>
      context.local(() => showStatus(activation, json, context)),
    );
}

const WHERE = `
Reads the state database (ACTITO_SYNC_DATABASE_URL), and running and next runs from Temporal. If Temporal does not respond,
it shows the rest and exits with 6. The time left of a list counts from its last delivery. CHANGES: + added, − removed,
~ changed members.`;

async function showStatus(
  only: string | undefined,
  json: boolean,
  { env, out, err, taskQueue }: Context,
): Promise<number> {
  const { projectFolder } = await import('../../config/folder-setting.ts');
  const { activationIds, loadProject, requireKnown } = await import('../../config/project.ts');
  const { readState, statusOf } = await import('./status-report.ts');
  const { withState } = await import('../state.ts');
  const { describeError, failureJson } = await import('../errors.ts');
  const project = await loadProject(projectFolder(env));
  if (only !== undefined) requireKnown(project, only);
  const ids = only === undefined ? activationIds(project) : [only];
  tellOthers(project, err);
  const state = await withState(env, (snapshot) => readState(snapshot, ids));
  const { live, problem } = await readLive({ env, taskQueue }, ids, state.now);
  if (problem !== null) {
    err.write(`Running and next runs are unknown. ${describeError(problem).join(' ')}\n`);
  }
  const statuses = ids.map((id) => statusOf(id, project, state, live?.get(id)));
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

const HEAD = ['ACTIVATION', 'LAST RUN', 'OUTCOME', 'CHANGES', 'MEMBERS', 'LIST', 'NEXT RUN', 'IMPORTS 24 H'];

/**
 * How activations stand for people, line by line: a table, and below it what someone should look at.
 * @param wasAsked whether Temporal was asked; without its answer nothing says that all is well
 */
function describeStatus(statuses: readonly ActivationStatus[], wasAsked: boolean): string[] {
  if (statuses.length === 0) return ['The project has no activations.'];
  const warnings = statuses.flatMap((status) => status.warnings);
  const lines = warnings.map(({ message }) => `! ${message}`);
  if (!wasAsked) lines.push(`! ${tell('statusIncomplete', {}).message}`);
  return [
    ...table(HEAD, statuses.map(row)),
    ...(lines.length === 0 ? [isHealthy(statuses) ? 'All lists are healthy.' : 'No problems.'] : lines),
  ];
}

/** Every list was delivered and has not expired. */
function isHealthy(statuses: readonly ActivationStatus[]): boolean {
  return statuses.every(({ list }) => list !== null && list.hoursLeft > 0);
}

function row(status: ActivationStatus): string[] {
  const { activation, lastRun, list, imports } = status;
  return [
    activation,
    minute(lastRun?.openedAt ?? null),
    outcome(status),
    changes(status),
    list === null ? '–' : String(list.members),
    validity(list),
    nextStart(status),
    imports === null ? '–' : `${imports.used} of ${imports.limit}`,
  ];
}

/** How the last run ended, unless one goes on: then that. */
function outcome({ lastRun, running }: ActivationStatus): string {
  const [open] = running ?? [];
  if (open) return `running ${underWayInWords({ since: minute(open.since), phase: open.phase })}`;
  return lastRun === null ? 'never ran' : (lastRun.outcome ?? 'unfinished');
}

/** What the last run did: `+3 −1 ~2` added, removed and changed members. */
function changes({ lastRun }: ActivationStatus): string {
  const { added, removed, changed } = lastRun?.counts ?? {};
  return added === undefined ? '–' : `+${added} −${removed ?? 0} ~${changed ?? 0}`;
}

function validity(list: ActivationStatus['list']): string {
  if (list === null) return 'never delivered';
  return list.hoursLeft === 0 ? 'expired' : `${list.hoursLeft} h left`;
}

function nextStart({ schedule, rest }: ActivationStatus): string {
  if (schedule === undefined) return 'unknown';
  if (schedule === null) return 'manual';
  if (schedule.paused) return schedule.note ? `paused: ${schedule.note}` : 'paused';
  const tries = schedule.starts.filter((start) => rest === null || start >= rest.next);
  if (rest !== null) return minute(tries[0] ?? rest.next);
  return schedule.due ? 'due now' : minute(tries[0] ?? null);
}
