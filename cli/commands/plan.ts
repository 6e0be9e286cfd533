import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { ActivationClient } from '../../client/activation-client.ts';
import { Failure } from '../../contract/failure.ts';
import type { RunInput, RunRequest } from '../../contract/request.ts';
import type { RunResult } from '../../contract/result.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { startAndFollow } from '../follow.ts';
import { ACTIVATION, examples, JSON_OPTION } from '../options.ts';
import { describePlan, type ShownSample } from '../plan.ts';
import { describeResult } from '../result.ts';
import { checkedRequest } from './run.ts';
import { jsonOf } from '../output.ts';
import { tableWidth } from '../table.ts';

export interface PlanFlags {
  json?: boolean;
  out?: string;
  showPersonalData?: boolean;
}

export function definePlan(program: Command, context: CommandContext): void {
  program
    .command('plan')
    .description('show what a run would do now; writes nothing to Actito')
    .argument('<activation>', ACTIVATION)
    .option('--json', JSON_OPTION)
    .option('--out <file>', 'also write the plan as JSON to this file')
    .option('--show-personal-data', 'show the keys and the new values of the samples')
    .addHelpText('after', WHERE)
    .addHelpText(
      'after',
      examples(
        ['plan vip-customers', 'before a run, or after a held run'],
        ['plan vip-customers --out plan.json', 'for the person who decides'],
        ['plan vip-customers --show-personal-data', 'to inspect single members'],
        ['plan vip-customers --json', 'for a program'],
      ),
    )
    .action((activation: string, flags: PlanFlags) =>
      planAndTell({ mode: 'preview', activation }, flags, context),
    );
}

const WHERE = `
It exits with 0 even if a guard would hold the run; the output says so. Keys and values are personal data: they are read
from the state database (ACTITO_SYNC_DATABASE_URL), deleted there after a day, and never pass through Temporal.`;

/**
 * Makes a plan with a dry run and prints it. @throws Failure InvalidActivation before it starts, or the failure of the
 * dry run
 */
export async function planAndTell(input: RunInput, flags: PlanFlags, context: CommandContext): Promise<void> {
  const request = await checkedRequest(input, context);
  await assertPossible(flags, context.env);
  await context.connected((client) => plan(client, request, flags, context));
}

/** @returns the exit code */
async function plan(
  client: ActivationClient,
  request: RunRequest,
  { json = false, out: file, showPersonalData = false }: PlanFlags,
  context: Context,
): Promise<number> {
  const { env, out } = context;
  const planned = await startAndFollow(client, request, { json }, context);
  if (!planned) return EXIT.interrupted;
  const result = showPersonalData ? await withPersonalData(planned, env) : planned;
  const text = `${jsonOf('plan', result)}\n`;
  if (file !== undefined) await writeFile(file, text, { mode: 0o600 });
  out.write(
    json
      ? text
      : `${(result.plan ? describePlan(result, result.plan, tableWidth(out)) : describeResult(result)).join('\n')}\n`,
  );
  if (file !== undefined && !json) out.write(`Plan written to ${file}\n`);
  return EXIT.ok;
}

type ShownPlan = Omit<RunResult, 'plan'> & {
  plan?: Omit<NonNullable<RunResult['plan']>, 'samples'> & { samples: ShownSample[] };
};

async function withPersonalData(result: RunResult, env: NodeJS.ProcessEnv): Promise<ShownPlan> {
  const samples = await readSamplesOf(result.plan!.run, env);
  return { ...result, plan: { ...result.plan!, samples } };
}

/** Checks before the dry run what would otherwise fail after it. */
async function assertPossible({ out, showPersonalData }: PlanFlags, env: NodeJS.ProcessEnv): Promise<void> {
  if (out !== undefined) await assertWritable(out);
  if (showPersonalData) await readSamplesOf('0', env);
}

async function readSamplesOf(run: string, env: NodeJS.ProcessEnv): Promise<ShownSample[]> {
  const { readSamples } = await import('../../state/plan/samples.ts');
  const { withState } = await import('../state.ts');
  return withState(env, (snapshot) => readSamples(snapshot, run));
}

async function assertWritable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  try {
    if (found?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    const parent = found ? undefined : await stat(dirname(file));
    if (parent && !parent.isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
    await access(found ? file : dirname(file), constants.W_OK);
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new Failure('fileNotWritten', { path: file, code, option: '--out' }, { cause });
  }
}
