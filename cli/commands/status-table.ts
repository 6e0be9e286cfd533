import { underWayInWords } from '../../contract/messages/status.ts';
import { tell } from '../../contract/messages/tell.ts';
import { table } from '../table.ts';
import { minute } from '../words.ts';
import type { ActivationStatus } from './status-report.ts';

const HEAD = ['ACTIVATION', 'LAST RUN', 'OUTCOME', 'CHANGES', 'MEMBERS', 'LIST', 'NEXT RUN', 'IMPORTS 24 H'];

/**
 * Describes activations: a table, followed by problems.
 * @param wasAsked whether Temporal was asked; without its answer, the text does not say that everything is healthy
 */
export function describeStatus(
  statuses: readonly ActivationStatus[],
  wasAsked: boolean,
  width: number,
): string[] {
  if (statuses.length === 0) return ['The project has no activations.'];
  const warnings = statuses.flatMap((status) => status.warnings);
  const lines = warnings.map(({ message }) => `! ${message}`);
  if (!wasAsked) lines.push(`! ${tell('statusIncomplete', {}).message}`);
  return [
    ...table(HEAD, statuses.map(row), width),
    ...(lines.length === 0 ? [isHealthy(statuses) ? 'All lists are healthy.' : 'No problems.'] : lines),
  ];
}

/** Whether every list is delivered and has not expired. */
function isHealthy(statuses: readonly ActivationStatus[]): boolean {
  return statuses.every(({ list }) => list !== null && list.hoursLeft > 0);
}

function row(status: ActivationStatus): string[] {
  const { activation, lastRun, list, imports } = status;
  return [
    activation,
    minute(lastRun?.openedAt ?? null),
    outcome(status),
    changes(status),
    membersOf(status),
    validity(list),
    nextStart(status),
    imports === null ? '–' : `${imports.used} of ${imports.limit}`,
  ];
}

/** The outcome of the last run, or the phase of an open one. */
function outcome({ lastRun, running }: ActivationStatus): string {
  const [open] = running ?? [];
  if (open) return `running ${underWayInWords({ since: minute(open.since), phase: open.phase })}`;
  return lastRun === null ? 'never ran' : (lastRun.outcome ?? 'unfinished');
}

/** The changes of the last run: `+3 −1 ~2` for added, removed and changed members. */
function changes({ lastRun }: ActivationStatus): string {
  const { added, removed, changed } = lastRun?.counts ?? {};
  return added === undefined ? '–' : `+${added} −${removed ?? 0} ~${changed ?? 0}`;
}

/** The number of members, with those in their grace period, and those who wait for a profile. */
function membersOf({ list, leaving, waiting }: ActivationStatus): string {
  if (list === null) return '–';
  const more = [
    ...(leaving > 0 ? [`${leaving} leaving`] : []),
    ...(waiting > 0 ? [`+ ${waiting} waiting`] : []),
  ];
  return more.length > 0 ? `${list.members} (${more.join(', ')})` : String(list.members);
}

function validity(list: ActivationStatus['list']): string {
  if (list === null) return 'never delivered';
  return list.hoursLeft === 0 ? 'expired' : `${list.hoursLeft} h left`;
}

function nextStart({ schedule, rest }: ActivationStatus): string {
  if (schedule === undefined) return 'unknown';
  if (schedule === null) return 'manual';
  if (schedule.paused) return schedule.note ? `paused: ${schedule.note}` : 'paused';
  const tries = schedule.starts.filter((start) => rest === null || start >= rest.next);
  if (rest !== null) return minute(tries[0] ?? rest.next);
  return schedule.due ? 'due now' : minute(tries[0] ?? null);
}
