import type { Writable } from 'node:stream';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { ownerFrom, ownSchedules, pauseSchedule, resumeSchedule } from '../activation-client.ts';
import { tellable } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import { readRests, type Rest } from '../../state/runs/rest.ts';
import { EXIT } from '../exit-codes.ts';
import { describeOwnSchedules, stateInWords } from '../output/own-schedules.ts';
import { withState } from '../state.ts';
import { examples, type CommandContext } from './context.ts';
import type { Surroundings } from './surroundings.ts';

const ACTIVATION = ['<activation>', 'the name of its file in activations/, without .yaml'] as const;
/** Temporal keeps a note with every pause and every resumption; this one when nobody says why. */
const NOTE = { pause: 'Paused by actito-sync.', resume: 'Resumed by actito-sync.' };

/** Adds `schedule list`, `schedule pause <activation>` and `schedule resume <activation>`. */
export function defineScheduleState(schedule: Command, { surroundings, connected }: CommandContext): void {
  schedule
    .command('list')
    .description("show the project's schedules in Temporal: when they start next, and which are paused")
    .option('--json', 'print the schedules as JSON, and nothing else')
    .addHelpText(
      'after',
      examples(['schedule list', 'as a table'], ['schedule list --json', 'for a program']),
    )
    .action(({ json = false }: { json?: boolean }) =>
      connected((client) => list(client, json, surroundings)),
    );
  schedule
    .command('pause')
    .description(
      'let the schedule of an activation start nothing until it is resumed; a run under way goes on',
    )
    .argument(...ACTIVATION)
    .option('--note <text>', 'why, for those who find it paused')
    .addHelpText(
      'after',
      examples(
        ["schedule pause vip-customers --note 'warehouse is being moved'", 'for others to read'],
        ['schedule pause vip-customers', 'without a word'],
      ),
    )
    .action((activation: string, { note = NOTE.pause }: { note?: string }) =>
      connected((client) => change('pause', client, { activation, note }, surroundings)),
    );
  schedule
    .command('resume')
    .description('let a paused schedule start again; what it missed is not made up for')
    .argument(...ACTIVATION)
    .option('--note <text>', 'why, for those who look at it in Temporal')
    .addHelpText(
      'after',
      examples(
        ['schedule resume vip-customers', 'from its next time on'],
        ["schedule resume vip-customers --note 'moved'", 'with a word'],
      ),
    )
    .action((activation: string, { note = NOTE.resume }: { note?: string }) =>
      connected((client) => change('resume', client, { activation, note }, surroundings)),
    );
}

async function list(client: Client, json: boolean, surroundings: Surroundings): Promise<number> {
  const { env, out, err, taskQueue } = surroundings;
  const owner = ownerFrom(env, taskQueue);
  const rests = await readRestsIfPossible(env, err);
  const schedules = (await ownSchedules(client, owner)).map((schedule) => ({
    ...schedule,
    rest: rests && (rests.find(({ activation }) => activation === schedule.activation) ?? null),
  }));
  const lines = json
    ? [JSON.stringify({ ...owner, schedules }, null, 2)]
    : describeOwnSchedules(schedules, owner.project);
  out.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/**
 * The schedules that only try once in a while, which the state database knows and Temporal does not; undefined: it could not be
 * asked, and that is told, or no database is named.
 */
async function readRestsIfPossible(env: NodeJS.ProcessEnv, err: Writable): Promise<Rest[] | undefined> {
  if (!env.ACTITO_SYNC_DATABASE_URL) return undefined;
  try {
    return await withState(env, readRests);
  } catch (error) {
    err.write(`${tell('restsUnknown', { why: tellable(error) }).message}\n`);
    return undefined;
  }
}

async function change(
  what: 'pause' | 'resume',
  client: Client,
  { activation, note }: { activation: string; note: string },
  { env, out, taskQueue }: Surroundings,
): Promise<number> {
  const owner = ownerFrom(env, taskQueue);
  const make = what === 'pause' ? pauseSchedule : resumeSchedule;
  const changed = await make(client, activation, { owner, note });
  out.write(`${changed.scheduleId}: ${stateInWords(changed)}\n`);
  return EXIT.ok;
}
