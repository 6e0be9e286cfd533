import type { RunRequest } from './request.ts';

/* Command lines as people type them: in messages, results and help. */

/** How the program is called, in front of every command. */
export const PROGRAM = 'actito-sync';

/** The command line that starts this request, or follows it while it runs. */
export function runCommand(request: RunRequest): string {
  return `${commandOf(request)}${flag('reason', quoted(request.reason))}`;
}

function commandOf(request: RunRequest): string {
  const { activation } = request;
  switch (request.mode) {
    case 'sync':
      return `${PROGRAM} run ${activation}${flag('plan', request.plan)}`;
    case 'resync':
      return `${PROGRAM} run ${activation} --resync${flag('plan', request.plan)}`;
    case 'preview':
      if (typeof request.of === 'object') return undoCommand(activation, request.of.undo);
      if (request.of === 'rebase') return `${PROGRAM} rebase ${activation} --dry-run`;
      return `${PROGRAM} run ${activation} --dry-run${request.of === 'resync' ? ' --resync' : ''}`;
    case 'rebase':
      return `${PROGRAM} rebase ${activation}`;
    case 'undo':
      return `${undoCommand(activation, request.to)}${flag('plan', request.plan)}`;
  }
}

function flag(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` --${name} ${value}`;
}

/** The command line that shows what going back to a run would do. */
function undoCommand(activation: string, to: string): string {
  return `${PROGRAM} undo ${activation} --to ${to}`;
}

/** The command line that cancels a run. */
export function cancelCommand({ activation, mode }: Pick<RunRequest, 'activation' | 'mode'>): string {
  return `${PROGRAM} cancel ${activation}${mode === 'preview' ? ' --dry-run' : ''}`;
}

/** The command line that shows what a run would do now, or an undo. */
export function planCommand(activation: string, undo?: string): string {
  if (undo !== undefined) return undoCommand(activation, undo);
  return `${PROGRAM} plan ${activation}`;
}

/** The command line that applies a plan; of an undo the reason is to be filled in. */
export function applyCommand(activation: string, planHash: string, undo?: string): string {
  if (undo === undefined) return `${PROGRAM} run ${activation} --plan ${planHash}`;
  return `${undoCommand(activation, undo)} --plan ${planHash} --reason "…"`;
}

/** The command line that keeps a list as it is, as far as its schedule goes; the note is to be filled in. */
export function pauseCommand(activation: string): string {
  return `${PROGRAM} schedule pause ${activation} --note "…"`;
}

/** The command line that answers a held plan; the reason is to be filled in. */
export function decideCommand(decision: 'approve' | 'decline', activation: string, planHash: string): string {
  return `${PROGRAM} ${decision} ${activation} ${planHash} --reason "…"`;
}

/** The command line that takes the segment for what Actito has; the reason is to be filled in. */
export function rebaseCommand(activation: string): string {
  return `${PROGRAM} rebase ${activation} --reason "…"`;
}

/** The command line that sends everything again. */
export function resyncCommand(activation: string): string {
  return `${PROGRAM} resync ${activation}`;
}

/** The command line that lists the runs of an activation. */
export function historyCommand(activation: string): string {
  return `${PROGRAM} history ${activation}`;
}

/** The command line that shows what others said in their own words when runs failed. */
export function wordsCommand(activation: string): string {
  return `${historyCommand(activation)} --show-personal-data`;
}

/** OpenSSL's command line that shows for which names the certificate of an FTPS server is. */
export function certificateCommand(host: string, port: number): string {
  return `openssl s_client -starttls ftp -connect ${host}:${port} </dev/null | openssl x509 -noout -ext subjectAltName`;
}

/** The command line that forgets a person, whose key is to be filled in. */
export function forgetCommand(): string {
  return `${PROGRAM} forget <key>`;
}

/** The command line that lists the records of forgotten people. */
export function forgottenCommand(): string {
  return `${PROGRAM} forgotten`;
}

/** The command line that checks the project folder. */
export function validateCommand(): string {
  return `${PROGRAM} validate`;
}

/** The command line for the project's schedules, or that of one activation. */
export function scheduleCommand(what: 'list' | 'apply'): string;
export function scheduleCommand(what: 'resume', activation: string): string;
export function scheduleCommand(what: string, activation?: string): string {
  return [PROGRAM, 'schedule', what, activation].filter((word) => word !== undefined).join(' ');
}

/** Temporal's own command line that deletes a schedule, which this program does not do to one that is not its own. */
export function deleteScheduleCommand(scheduleId: string): string {
  return `temporal schedule delete --schedule-id ${scheduleId}`;
}

/** Temporal's own command line that registers search attributes of words. */
export function searchAttributesCommand(namespace: string, names: readonly string[]): string {
  const flags = names.map((name) => `--name ${name} --type Keyword`).join(' ');
  return `temporal operator search-attribute create --namespace ${namespace} ${flags}`;
}

function quoted(text: string | undefined): string | undefined {
  return text && `'${text.replaceAll("'", `'\\''`)}'`;
}
