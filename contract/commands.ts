import type { RunRequest } from './request.ts';

/* Commands as people type them, for messages, results and help. */

/** The name of the program in every command. */
export const PROGRAM = 'actito-sync';

/** Returns the command that starts a request, or follows it if it is already running. */
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

/** Returns the command that shows the plan of an undo. */
function undoCommand(activation: string, to: string): string {
  return `${PROGRAM} undo ${activation} --to ${to}`;
}

/** Returns the command that cancels a run. */
export function cancelCommand({ activation, mode }: Pick<RunRequest, 'activation' | 'mode'>): string {
  return `${PROGRAM} cancel ${activation}${mode === 'preview' ? ' --dry-run' : ''}`;
}

/** Returns the command that shows the plan of a run or an undo. */
export function planCommand(activation: string, undo?: string): string {
  if (undo !== undefined) return undoCommand(activation, undo);
  return `${PROGRAM} plan ${activation}`;
}

/** Returns the command that applies a plan. For an undo, the user fills in the reason. */
export function applyCommand(activation: string, planHash: string, undo?: string): string {
  if (undo === undefined) return `${PROGRAM} run ${activation} --plan ${planHash}`;
  return `${undoCommand(activation, undo)} --plan ${planHash} --reason "…"`;
}

/** Returns the command that reads the new exports of profiles. */
export function refreshCommand(destination: string): string {
  return `${PROGRAM} directory refresh ${destination}`;
}

/** Returns the command that pauses the activation's schedule. The user fills in the note. */
export function pauseCommand(activation: string): string {
  return `${PROGRAM} schedule pause ${activation} --note "…"`;
}

/** Returns the command that approves or declines a held plan. The user fills in the reason. */
export function decideCommand(decision: 'approve' | 'decline', activation: string, planHash: string): string {
  return `${PROGRAM} ${decision} ${activation} ${planHash} --reason "…"`;
}

/** Returns the command that assumes that Actito already matches the segment. The user fills in the reason. */
export function rebaseCommand(activation: string): string {
  return `${PROGRAM} rebase ${activation} --reason "…"`;
}

/** Returns the command that sends everything again. */
export function resyncCommand(activation: string): string {
  return `${PROGRAM} resync ${activation}`;
}

/** Returns the command that lists the runs of an activation. */
export function historyCommand(activation: string): string {
  return `${PROGRAM} history ${activation}`;
}

/** Returns the command that shows the original errors of other systems from failed runs. */
export function wordsCommand(activation: string): string {
  return `${historyCommand(activation)} --show-personal-data`;
}

/** Returns the OpenSSL command that shows the names in the certificate of an FTPS server. */
export function certificateCommand(host: string, port: number): string {
  return `openssl s_client -starttls ftp -connect ${host}:${port} </dev/null | openssl x509 -noout -ext subjectAltName`;
}

/** Returns the command that erases a person. The user fills in the key. */
export function forgetCommand(): string {
  return `${PROGRAM} forget <key>`;
}

/** Returns the command that lists the records of forgotten people. */
export function forgottenCommand(): string {
  return `${PROGRAM} forgotten`;
}

/** Returns the command that checks the project folder. */
export function validateCommand(): string {
  return `${PROGRAM} validate`;
}

/** Returns the command for the project's schedules, or for the schedule of one activation. */
export function scheduleCommand(what: 'list' | 'apply'): string;
export function scheduleCommand(what: 'resume', activation: string): string;
export function scheduleCommand(what: string, activation?: string): string {
  return [PROGRAM, 'schedule', what, activation].filter((word) => word !== undefined).join(' ');
}

/**
 * Returns Temporal's own command to delete a schedule, because actito-sync never deletes a schedule of someone else.
 */
export function deleteScheduleCommand(scheduleId: string): string {
  return `temporal schedule delete --schedule-id ${scheduleId}`;
}

/** Returns Temporal's own command to register search attributes of type Keyword. */
export function searchAttributesCommand(namespace: string, names: readonly string[]): string {
  const flags = names.map((name) => `--name ${name} --type Keyword`).join(' ');
  return `temporal operator search-attribute create --namespace ${namespace} ${flags}`;
}

function quoted(text: string | undefined): string | undefined {
  return text && `'${text.replaceAll("'", `'\\''`)}'`;
}
