import type { RunRequest } from '../../contract/request.ts';
import { PROGRAM } from '../commands/context.ts';

/** The command line that starts this request, or follows it while it runs. */
export function runCommand(request: RunRequest): string {
  const { approve, dryRun, resync, rebase, reason, by, plan, undo } = request;
  const flags = [
    dryRun && undo === undefined ? ' --dry-run' : '',
    resync ? ' --resync' : '',
    plan === undefined ? '' : ` --plan ${plan}`,
    rebase && approve !== undefined ? ` --approve ${approve}` : '',
    reason === undefined ? '' : ` --reason ${quoted(reason)}`,
    by === undefined ? '' : ` --by ${quoted(by)}`,
  ];
  return `${commandOf(request)}${flags.join('')}`;
}

type Asked = Pick<RunRequest, 'activation'> & Partial<RunRequest>;

function commandOf({ activation, approve, rebase, undo }: Asked): string {
  if (rebase) return `${PROGRAM} rebase ${activation}`;
  if (approve !== undefined) return `${PROGRAM} approve ${activation} ${approve}`;
  return undo === undefined ? `${PROGRAM} run ${activation}` : undoCommand(activation, undo);
}

/** The command line that shows what going back to a run would do. */
function undoCommand(activation: string, to: string): string {
  return `${PROGRAM} undo ${activation} --to ${to}`;
}

/** The command line that cancels a run. */
export function cancelCommand({ activation, dryRun }: Pick<RunRequest, 'activation' | 'dryRun'>): string {
  return `${PROGRAM} cancel ${activation}${dryRun ? ' --dry-run' : ''}`;
}

/** The command line that shows what a run would do now, or an undo. */
export function planCommand(activation: string, undo?: string): string {
  if (undo !== undefined) return undoCommand(activation, undo);
  return `${PROGRAM} plan ${activation}`;
}

/** The command line that applies a plan; of an undo the reason is to be filled in. */
export function applyCommand(activation: string, planHash: string, undo?: string): string {
  const command = `${commandOf({ activation, undo })} --plan ${planHash}`;
  return undo === undefined ? command : `${command} --reason "…"`;
}

/** The command line that keeps a list as it is, as far as its schedule goes; the note is to be filled in. */
export function pauseCommand(activation: string): string {
  return `${PROGRAM} schedule pause ${activation} --note "…"`;
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
