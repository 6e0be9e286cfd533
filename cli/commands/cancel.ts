import type { Command } from 'commander';
import type { ActivationClient, CancelledRun } from '../../client/activation-client.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { waiting } from '../follow.ts';
import { ACTIVATION, examples } from '../options.ts';
import { jsonOf } from '../output.ts';

interface CancelFlags {
  dryRun?: boolean;
  json?: boolean;
}

export function defineCancel(program: Command, context: CommandContext): void {
  program
    .command('cancel')
    .description('cancel the current run and wait for it to clean up')
    .argument('<activation>', ACTIVATION)
    .option('--dry-run', 'cancel its dry run instead')
    .option('--json', 'print the canceled runs as JSON, and nothing else')
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['cancel vip-customers', 'started manually or by its schedule'],
        ['cancel vip-customers --json', 'for a program'],
      ),
    )
    .action(async (activation: string, flags: CancelFlags) => {
      const { checkActivationId } = await import('../project.ts');
      checkActivationId(activation);
      return context.connected((client) => cancel(client, activation, flags, context));
    });
}

const WHAT = `
What Actito has already confirmed is kept, and the next run continues from there. The schedule stays active: to stop it
as well, pause it first.`;

/** @returns the exit code @throws Failure InvalidActivation */
async function cancel(
  client: ActivationClient,
  activation: string,
  { dryRun = false, json = false }: CancelFlags,
  context: Context,
): Promise<number> {
  const { env, out } = context;
  const line = (text: string) => void (json || out.write(`${text}\n`));
  const request = { activation, mode: dryRun ? ('preview' as const) : ('sync' as const) };
  const handles = await client.runsUnderWay(request);
  if (handles.length === 0) {
    const { checkActivation } = await import('../project.ts');
    await checkActivation(activation, env); // a misspelled activation must not look like success
    const { workflowId } = await import('../../contract/names.ts');
    line(`${workflowId(request)} is not running. There is nothing to cancel.`);
  }
  const runs: CancelledRun[] = [];
  for (const handle of handles) {
    line(`${handle.workflowId}: canceling`);
    const ended = await client.cancel(handle, waiting(context));
    const { outcome } = ended;
    line(`${handle.workflowId}: ${outcome === 'cancelled' ? 'canceled' : `had already ended (${outcome})`}`);
    runs.push(ended);
  }
  if (json) out.write(`${jsonOf('cancel', { activation, runs })}\n`);
  return EXIT.ok;
}
