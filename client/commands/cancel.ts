import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { id as idSchema } from '../../activation/definition/common.ts';
import { Failure } from '../../contract/failure.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import { loadProject, requireKnown } from '../../config/project.ts';
import { workflowId } from '../../contract/names.ts';
import { cancelRun, type CancelledRun } from '../run/cancel.ts';
import { runsUnderWay } from '../run/under-way.ts';
import { EXIT } from '../exit-codes.ts';
import { describeTrouble } from '../output/errors.ts';
import { examples, type CommandContext } from './context.ts';
import { NO_WORKER } from './follow.ts';
import type { Surroundings } from './surroundings.ts';

interface CancelFlags {
  dryRun?: boolean;
  json?: boolean;
}

/** Adds `cancel <activation>`. */
export function defineCancel(program: Command, { surroundings, connected }: CommandContext): void {
  program
    .command('cancel')
    .description(
      'cancel the run of an activation that is under way, and wait until it has ended in good order',
    )
    .argument('<activation>', 'the name of its file in activations/, without .yaml')
    .option('--dry-run', 'cancel its dry run instead')
    .option('--json', 'print what was cancelled as JSON, and nothing else')
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['cancel vip-customers', 'started by hand or by its schedule'],
        ['cancel vip-customers --json', 'for a program'],
      ),
    )
    .action((activation: string, flags: CancelFlags) => {
      if (!idSchema.safeParse(activation).success) throw new Failure('activationIdUnusable', { activation });
      return connected((client) => cancel(client, activation, flags, surroundings));
    });
}

const WHAT = `
What Actito confirmed until then is kept; the next run goes on from there. Its schedule is left as it is: to stop that
too, pause it first.`;

/** `cancel <activation>`. @returns the exit code @throws Failure InvalidActivation */
async function cancel(
  client: Client,
  activation: string,
  { dryRun = false, json = false }: CancelFlags,
  { env, out, err, signal }: Surroundings,
): Promise<number> {
  const line = (text: string) => void (json || out.write(`${text}\n`));
  const request = { activation, mode: dryRun ? ('preview' as const) : ('sync' as const) };
  const handles = await runsUnderWay(client, request);
  if (handles.length === 0) {
    requireKnown(await loadProject(projectFolder(env)), activation); // a slip of the fingers must not look like success
    line(`${workflowId(request)} is not running: there is nothing to cancel.`);
  }
  const runs: CancelledRun[] = [];
  for (const handle of handles) {
    line(`${handle.workflowId}: cancelling`);
    const ended = await cancelRun(handle, {
      signal,
      onSilence: () => err.write(`${NO_WORKER}\n`),
      onTrouble: (trouble) => err.write(`${describeTrouble(trouble)}\n`),
    });
    const { outcome } = ended;
    line(`${handle.workflowId}: ${outcome === 'cancelled' ? outcome : `had ended before (${outcome})`}`);
    runs.push(ended);
  }
  if (json) out.write(`${JSON.stringify({ activation, runs }, null, 2)}\n`);
  return EXIT.ok;
}
