import type { RunRequest } from '../../workflows/contract.ts';
import { PROGRAM } from '../commands/context.ts';

/** The command line that starts this request, or follows it while it runs. */
export function runCommand({ activation, approve, dryRun, resync, reason, by, plan }: RunRequest): string {
  const flags = [
    dryRun ? ' --dry-run' : '',
    resync ? ' --resync' : '',
    plan === undefined ? '' : ` --plan ${plan}`,
    reason === undefined ? '' : ` --reason ${quoted(reason)}`,
    by === undefined ? '' : ` --by ${quoted(by)}`,
  ];
  const command = approve === undefined ? `run ${activation}` : `approve ${activation} ${approve}`;
  return `${PROGRAM} ${command}${flags.join('')}`;
}

/** The command line that cancels a run. */
export function cancelCommand({ activation, dryRun }: Pick<RunRequest, 'activation' | 'dryRun'>): string {
  return `${PROGRAM} cancel ${activation}${dryRun ? ' --dry-run' : ''}`;
}

/** The command line that shows what a run would do now. */
export function planCommand(activation: string): string {
  return `${PROGRAM} plan ${activation}`;
}

/** The command line that applies a plan. */
export function applyCommand(activation: string, planHash: string): string {
  return `${PROGRAM} run ${activation} --plan ${planHash}`;
}

/** The command line that answers a held plan; the reason is to be filled in. */
export function decideCommand(verdict: 'approve' | 'reject', activation: string, planHash: string): string {
  return `${PROGRAM} ${verdict} ${activation} ${planHash} --reason "…"`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
