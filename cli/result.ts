import { pauseCommand } from '../contract/commands.ts';
import type { CountName, Counts } from '../contract/counts.ts';
import { REJECT_WORDS } from '../contract/messages/reject-words.ts';
import type { RunResult } from '../contract/result.ts';
import { inWords } from './words.ts';

/** Descriptions of counts for people. */
export type CountWords = Partial<Record<CountName, string>>;

/** Shown whenever the run counted them. */
const MAIN_COUNTS: CountWords = {
  read: 'rows of the segment',
  added: 'members added to the list',
  removed: 'members removed from the list',
  updated: 'profiles whose new attributes Actito confirmed',
  unmatched: 'members sent that have no profile in Actito',
  rejected: 'rows without a usable key',
};

const MORE_COUNTS: CountWords = {
  leaving: 'members no longer in the segment, in their grace period on the list',
  forgotten: 'rows of forgotten people, left out',
  duplicates: 'rows that repeat another row',
  waiting: 'members of the segment without exactly one profile in Actito: not on the list',
  ambiguous: 'members whose rows contradict each other: on the list, but no attributes sent',
  refused: 'members whose attributes Actito rejected',
  badValues: "single values left out: they do not fit Actito's format, or Actito rejected them",
  unsent: 'members whose attributes a later run sends',
  retried: 'unchanged members sent anyway: unmatched or unconfirmed before, never sent, or a resync',
};

/** The counts of an undo. An undo reads no segment and sends no attributes. */
export const UNDO_COUNTS: CountWords = {
  members: 'members on the list at that time',
  added: 'members put back on the list',
  removed: 'members removed from the list',
};

/** Returns the counts that are shown if they are not 0. */
export function moreCounts(undo: string | undefined): CountWords {
  if (undo === undefined) return MORE_COUNTS;
  return {
    ...MORE_COUNTS,
    waiting: 'members of that list not put back: their key now has another profile, or none',
  };
}

/** The counts on which people base a decision, most important first. */
const DECISIVE: CountName[] = [
  'read',
  'members',
  'added',
  'removed',
  'waiting',
  'leaving',
  'changed',
  'unchanged',
  'rejected',
];

const WORDS: Record<string, string> = REJECT_WORDS;

const CONFIRMATIONS = {
  retrieved: 'retrieved by Actito',
  pending: 'not confirmed by Actito yet',
  delivered: 'Actito does not report whether it retrieved it',
};

/** Describes a run's result. `now` is the reference for "in 2 days". */
export function describeResult(result: RunResult, now = Date.now()): string[] {
  const { activation, outcome, counts, rejects, list, notes, undo, rebase = false } = result;
  return [
    `${activation}: ${outcome}`,
    ...undoWords(undo).map((words) => entry('undo', words)),
    ...countLines(mainCounts(result), counts, () => true),
    ...countLines(moreCounts(undo), counts, (count) => count > 0),
    ...reasonLines(rejects),
    ...(list ? listLines(list, now, rebase) : []),
    ...notes.map(({ message }) => entry('note', message)),
    ...afterUndo(activation, undo),
  ];
}

/** With a profile directory, members without a profile are known before anything is sent, and usually none is sent. */
function mainCounts({ undo, counts }: RunResult): CountWords {
  if (undo !== undefined) return UNDO_COUNTS;
  if (counts.waiting === undefined || counts.unmatched) return MAIN_COUNTS;
  return Object.fromEntries(Object.entries(MAIN_COUNTS).filter(([name]) => name !== 'unmatched'));
}

/** Lists why rows and values could not be used, with their numbers. */
export function reasonLines(rejects: RunResult['rejects']): string[] {
  return rejects.map(({ reason, attribute, count }) => {
    const words = WORDS[reason] === undefined ? '' : `: ${WORDS[reason]}`;
    return entry('reason', `${count} × ${reason}${attribute === '' ? '' : ` (${attribute})`}${words}`);
  });
}

/** Lists counts with names and descriptions; `isShown` can omit some. */
export function countLines(names: CountWords, counts: Counts, isShown: (count: number) => boolean): string[] {
  return (Object.keys(names) as CountName[]).flatMap((name) => {
    const count = counts[name];
    return count !== undefined && isShown(count)
      ? [entry(name, `${String(count).padEnd(7)} ${names[name]}`)]
      : [];
  });
}

function listLines(list: NonNullable<RunResult['list']>, now: number, rebase: boolean): string[] {
  const { name, pushed, confirmation, profiles, expires } = list;
  const why = rebase ? 'the next run delivers it' : 'unchanged and still valid';
  const delivery = pushed === null ? `not delivered: ${why}` : `delivered (${pushed})`;
  const how = [delivery, ...(confirmation ? [CONFIRMATIONS[confirmation]] : [])];
  return [
    entry('list', `"${name}" ${how.join(', ')}`),
    ...(profiles === null ? [] : [entry('profiles', `${String(profiles).padEnd(7)} on the list in Actito`)]),
    ...(expires === null ? [] : [entry('expires', `${inWords(expires, now)} (${expires})`)]),
  ];
}

/** Formats a line about a run: a name and its text. */
export function entry(name: string, text: string): string {
  return `  ${name.padEnd(10)} ${text}`;
}

/** Describes the state that an undo restores, if the run is an undo. */
export function undoWords(undo: string | undefined): string[] {
  return undo === undefined ? [] : [`the list as it was after run ${undo}`];
}

/** Describes the next steps after an undo. */
export function afterUndo(activation: string, undo: string | undefined): string[] {
  if (undo === undefined) return [];
  return [
    'The next regular run makes the list match its segment again. Until the segment is correct, pause its schedule:',
    `  ${pauseCommand(activation)}`,
  ];
}

/** Returns `read 60, members 60, …`: the counts for a decision about a held plan. */
export function decisiveCounts(counts: Counts): string {
  return DECISIVE.filter((name) => counts[name] !== undefined)
    .map((name) => `${name} ${counts[name]}`)
    .join(', ');
}
