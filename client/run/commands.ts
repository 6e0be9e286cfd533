import type { RunRequest } from '../../workflows/contract.ts';
import { PROGRAM } from '../commands/context.ts';

/** The command line that starts this request, or follows it while it runs. */
export function runCommand({ activation, dryRun, resync, reason }: RunRequest): string {
  const flags = [
    dryRun ? ' --dry-run' : '',
    resync ? ' --resync' : '',
    reason === undefined ? '' : ` --reason ${quoted(reason)}`,
  ];
  return `${PROGRAM} run ${activation}${flags.join('')}`;
}

/** The command line that cancels a run. */
export function cancelCommand({ activation, dryRun }: Pick<RunRequest, 'activation' | 'dryRun'>): string {
  return `${PROGRAM} cancel ${activation}${dryRun ? ' --dry-run' : ''}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
