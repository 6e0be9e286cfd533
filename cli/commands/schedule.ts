import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import type { ActivationClient, OwnSchedule } from '../../client/activation-client.ts';
import { oneLine } from '../../contract/clean.ts';
import { isFailure, tellable } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import { counted } from '../../contract/messages/words.ts';
import type { Rest } from '../../state/runs/rest.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { ACTIVATION, examples, JSON_OPTION } from '../options.ts';
import { jsonOf } from '../output.ts';
import { table, tableWidth } from '../table.ts';
import { APPLY_EXAMPLES, defineApply } from './schedule-apply.ts';

/** Temporal stores a note for every resume. This one is the default. */
const RESUMED = 'Resumed by actito-sync.';
const LONGEST_NOTE = 60;

export function defineSchedule(program: Command, context: CommandContext): void {
  const { connected } = context;
  const schedule = program
    .command('schedule')
    .description('manage the schedules in Temporal')
    .addHelpText('after', examples(...APPLY_EXAMPLES));
  defineApply(schedule, context);
  schedule
    .command('list')
    .description("show the project's schedules, their next runs and pauses")
    .option('--json', JSON_OPTION)
    .addHelpText(
      'after',
      examples(['schedule list', 'as a table'], ['schedule list --json', 'for a program']),
    )
    .action(({ json = false }: { json?: boolean }) => connected((client) => list(client, json, context)));
  schedule
    .command('pause')
    .description('pause a schedule; a run in progress continues')
    .argument('<activation>', ACTIVATION)
    .option('--note <text>', 'why; shown in status and Temporal')
    .addHelpText(
      'after',
      examples(
        ["schedule pause vip-customers --note 'warehouse is being moved'", 'with a reason'],
        ['schedule pause vip-customers', 'without a note'],
      ),
    )
    .action((activation: string, { note }: { note?: string }) =>
      changed('pause', { activation, note }, context),
    );
  schedule
    .command('resume')
    .description('resume a paused schedule; missed runs are not backfilled')
    .argument('<activation>', ACTIVATION)
    .option('--note <text>', 'why; shown in Temporal')
    .addHelpText(
      'after',
      examples(
        ['schedule resume vip-customers', 'without a note'],
        ["schedule resume vip-customers --note 'moved'", 'with a note'],
      ),
    )
    .action((activation: string, { note }: { note?: string }) =>
      changed('resume', { activation, note }, context),
    );
}

async function list(client: ActivationClient, json: boolean, context: Context): Promise<number> {
  const { env, out, err } = context;
  const { owner } = client;
  const rests = await readRestsIfPossible(env, err);
  const schedules = (await client.schedules()).map((schedule): ShownSchedule => ({
    ...schedule,
    rest: rests && (rests.find(({ activation }) => activation === schedule.activation) ?? null),
  }));
  const lines = json
    ? [jsonOf('scheduleList', { ...owner, schedules })]
    : describeOwnSchedules(schedules, owner.project, tableWidth(out));
  out.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/**
 * Reads the schedules that are backing off. The state database knows them, Temporal does not. Returns undefined when no
 * database is configured, or when reading failed, which is then reported.
 */
async function readRestsIfPossible(env: NodeJS.ProcessEnv, err: Writable): Promise<Rest[] | undefined> {
  if (!env.ACTITO_SYNC_DATABASE_URL) return undefined;
  try {
    const { readRests } = await import('../../state/runs/rest.ts');
    const { withState } = await import('../state.ts');
    return await withState(env, readRests);
  } catch (error) {
    err.write(`${tell('restsUnknown', { why: tellable(error) }).message}\n`);
    return undefined;
  }
}

/** Pauses or resumes a schedule. An invalid name is refused before Temporal is asked. */
async function changed(
  what: 'pause' | 'resume',
  wanted: { activation: string; note?: string },
  context: CommandContext,
): Promise<void> {
  const { checkActivationId } = await import('../project.ts');
  checkActivationId(wanted.activation);
  await context.connected((client) => change(what, client, wanted, context));
}

async function change(
  what: 'pause' | 'resume',
  client: ActivationClient,
  { activation, note }: { activation: string; note?: string },
  { env, out }: Context,
): Promise<number> {
  const changing =
    what === 'pause'
      ? client.pauseSchedule(activation, note)
      : client.resumeSchedule(activation, note ?? RESUMED);
  const changed = await changing.catch(async (error: unknown) => {
    // A schedule can exist without its activation in the folder. If there is no schedule either, the name can be wrong.
    if (isFailure(error, 'InvalidActivation') && env.ACTITO_SYNC_PROJECT !== undefined) {
      const { checkActivation } = await import('../project.ts');
      await checkActivation(activation, env);
    }
    throw error;
  });
  out.write(`${changed.scheduleId}: ${stateInWords(changed)}\n`);
  return EXIT.ok;
}

interface ShownSchedule extends OwnSchedule {
  /**
   * Set while the schedule backs off because its runs keep failing; null: it does not; undefined: the state database
   * was not asked.
   */
  rest?: Rest | null;
}

function describeOwnSchedules(schedules: readonly ShownSchedule[], project: string, width: number): string[] {
  if (schedules.length === 0) return [`Temporal has no schedules for the project "${project}".`];
  return table(
    ['ACTIVATION', 'STARTS', 'TIME ZONE', 'STATE'],
    schedules.map((schedule) => [
      schedule.activation,
      schedule.times,
      schedule.timezone,
      stateInWords(schedule),
    ]),
    width,
  );
}

/** Returns `next run …`, `backing off until …`, `paused: why`, or that no run is scheduled. */
function stateInWords({ paused, note, next, due, rest }: ShownSchedule): string {
  if (paused) return note === null ? 'paused' : `paused: ${oneLine(note, LONGEST_NOTE)}`;
  if (rest) {
    const { type, runs, next: again } = rest;
    return `backing off until ${again.toISOString()}: ${counted(runs, 'run')} failed with ${type}`;
  }
  if (due) return 'next run due now';
  return next ? `next run ${next.toISOString()}` : 'no run scheduled';
}
