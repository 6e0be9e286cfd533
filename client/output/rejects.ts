import type { RejectStory } from '../../state/report/rejects.ts';
import type { MatchRate, UnmatchedMember } from '../../state/report/unmatched.ts';
import { minute } from './moments.ts';
import { rejectWords } from './reject-words.ts';
import { table } from './table.ts';

/** Rejects for people, line by line: a table, and below it what each reason means. */
export function describeRejects(
  activation: string,
  rejects: readonly RejectStory[],
  { more, said }: { more: boolean; said: boolean },
): string[] {
  const head = ['KEY', 'STAGE', 'REASON', 'ATTRIBUTE', 'FIRST SEEN', 'LAST SEEN', 'RUNS', 'LAST RUN'];
  const rows = rejects.map((reject) => [...rejectRow(reject), ...(said ? [reject.said ?? '–'] : [])]);
  const reasons = [...new Set(rejects.map(({ reason }) => reason))].sort();
  return [
    `Rejected rows and values of ${activation}, what was seen last first`,
    ...table(said ? [...head, 'ACTITO SAID'] : head, rows),
    ...(more ? ['… and more: --limit shows more of them, --csv all'] : []),
    ...reasons.map((reason) => `${reason}: ${rejectWords(reason)}`),
  ];
}

function rejectRow({ key, stage, reason, attribute, firstSeen, lastSeen, times, lastRun }: RejectStory) {
  return [
    key === '' ? '(none)' : key,
    stage,
    reason,
    attribute === '' ? '–' : attribute,
    minute(firstSeen),
    minute(lastSeen),
    String(times),
    lastRun,
  ];
}

/** What is said when nothing was found. `all`: what there is without any filter. */
export function describeNoRejects(
  activation: string,
  all: readonly { reason: string; count: number }[],
): string[] {
  if (all.length === 0) return [`${activation} has no rejected rows or values.`];
  const known = all.map(({ reason, count }) => `${count} × ${reason}`).join(', ');
  return [`No reject of ${activation} is like that. There are: ${known}.`];
}

/** Members unknown to Actito for people, line by line, with how many there were run by run. */
export function describeUnmatched(
  activation: string,
  found: { total: number; trend: readonly MatchRate[]; members: readonly UnmatchedMember[] },
): string[] {
  const { total, trend, members } = found;
  return [
    `Members of ${activation} that Actito has no profile of: ${total}`,
    ...(trend.length === 0
      ? []
      : table(['RUN', 'STARTED', 'SENT', 'UNMATCHED', 'SHARE'], trend.map(rateRow))),
    ...(members.length === 0
      ? []
      : ['', ...table(['KEY', 'MEMBER SINCE RUN', 'LAST TRIED', 'DUE AGAIN'], members.map(memberRow))]),
    ...(members.length < total ? ['… and more: --limit shows more of them, --csv all'] : []),
  ];
}

function rateRow({ run, openedAt, sent, unmatched }: MatchRate): string[] {
  return [run, minute(openedAt), String(sent), String(unmatched), percent(unmatched / sent)];
}

function memberRow({ key, since, lastTried, dueAgain }: UnmatchedMember): string[] {
  return [key, since, minute(lastTried), minute(dueAgain)];
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`;
}
