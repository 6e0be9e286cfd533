import type { RunRequest } from '../../workflows/contract.ts';
import { PROGRAM } from '../commands/context.ts';

/** The command line that starts this request, or follows it while it runs. */
export function runCommand(request: RunRequest): string {
  const { activation, approve, dryRun, resync, rebase, reason, by, plan } = request;
  const flags = [
    dryRun ? ' --dry-run' : '',
    resync ? ' --resync' : '',
    plan === undefined ? '' : ` --plan ${plan}`,
    rebase && approve !== undefined ? ` --approve ${approve}` : '',
    reason === undefined ? '' : ` --reason ${quoted(reason)}`,
    by === undefined ? '' : ` --by ${quoted(by)}`,
  ];
  const usual = approve === undefined ? `run ${activation}` : `approve ${activation} ${approve}`;
  const command = rebase ? `rebase ${activation}` : usual;
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

/** The command line that lets a rebase pass that a guard held; the reason is to be filled in. */
export function approveRebaseCommand(activation: string, planHash: string): string {
  return `${PROGRAM} rebase ${activation} --approve ${planHash} --reason "…"`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
