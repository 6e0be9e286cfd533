import type { RunRequest } from '../../workflows/contract.ts';

/** The command line that starts this request, or follows it while it runs. */
export function runCommand({ activation, dryRun, resync, reason }: RunRequest): string {
  const flags = [
    dryRun ? ' --dry-run' : '',
    resync ? ' --resync' : '',
    reason === undefined ? '' : ` --reason ${quoted(reason)}`,
  ];
  return `npm run activation -- run ${activation}${flags.join('')}`;
}

/** The command line that cancels a run. */
export function cancelCommand(workflowId: string): string {
  return `temporal workflow cancel --workflow-id ${workflowId}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
