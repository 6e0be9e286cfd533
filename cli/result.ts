import { pauseCommand } from '../contract/commands.ts';
import type { CountName, Counts } from '../contract/counts.ts';
import { KEY_REJECTS, VALUE_REJECTS } from '../contract/messages/reject-words.ts';
import type { RunResult } from '../contract/result.ts';
import { inWords } from './words.ts';

/** What counts mean, for people. */
export type CountWords = Partial<Record<CountName, string>>;

/** Always shown when the run counted it. */
const MAIN_COUNTS: CountWords = {
  read: 'rows of the segment',
  added: 'new on the list',
  removed: 'gone from the list',
  updated: 'profiles with new attributes, confirmed by Actito',
  unmatched: 'of those sent, unknown to Actito',
  rejected: 'rows without a usable key',
};

/** Shown when there are any. */
export const MORE_COUNTS: CountWords = {
  leaving: 'no longer in the segment, still on the list for a while',
  forgotten: 'rows of people who asked to be forgotten, left out',
  duplicates: 'rows that repeat another one',
  ambiguous: 'members whose rows contradict each other: on the list, no attributes sent',
  refused: 'members whose attributes Actito refused',
  badValues: "single values that do not fit Actito's format, or that Actito refused, left out",
  unsent: 'members whose attributes go with a later run',
  retried: 'known members sent for another reason: a miss or doubt before, a resync, nothing sent until now',
};

/** What is counted of an undo: it reads no segment, and sends no attributes. */
export const UNDO_COUNTS: CountWords = {
  members: 'on the list then',
  added: 'back on the list',
  removed: 'gone from the list',
};

/** What people decide by, in the order in which they ask. */
const DECISIVE: CountName[] = [
  'read',
  'members',
  'added',
  'removed',
  'leaving',
  'changed',
  'unchanged',
  'rejected',
];

const WORDS: Record<string, string> = { ...KEY_REJECTS, ...VALUE_REJECTS };

const CONFIRMATIONS = {
  retrieved: 'retrieved by Actito',
  pending: 'delivered, not confirmed by Actito yet',
  delivered: 'delivered; nothing tells whether Actito retrieved it',
};

/** A run's result for people, line by line. `now` is what "in 2 days" counts from. */
export function describeResult(result: RunResult, now = Date.now()): string[] {
  const { activation, outcome, counts, rejects, list, notes, undo, rebase = false } = result;
  return [
    `${activation}: ${outcome}`,
    ...undoWords(undo).map((words) => entry('undo', words)),
    ...countLines(undo === undefined ? MAIN_COUNTS : UNDO_COUNTS, counts, () => true),
    ...countLines(MORE_COUNTS, counts, (count) => count > 0),
    ...reasonLines(rejects),
    ...(list ? listLines(list, now, rebase) : []),
    ...notes.map(({ message }) => entry('note', message)),
    ...afterUndo(activation, undo),
  ];
}

/** Why rows and values could not be used, with how many there were. */
export function reasonLines(rejects: RunResult['rejects']): string[] {
  return rejects.map(({ reason, attribute, count }) => {
    const words = WORDS[reason] === undefined ? '' : `: ${WORDS[reason]}`;
    return entry('reason', `${count} × ${reason}${attribute === '' ? '' : ` (${attribute})`}${words}`);
  });
}

/** Numbers with their names and what they mean; `isShown` leaves some out. */
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
  const why = rebase ? 'the next run does' : 'unchanged and valid';
  const push = pushed === null ? `not pushed: ${why}` : `pushed (${pushed})`;
  const how = [push, ...(confirmation ? [CONFIRMATIONS[confirmation]] : [])];
  return [
    entry('list', `"${name}" ${how.join(', ')}`),
    ...(profiles === null ? [] : [entry('profiles', `${String(profiles).padEnd(7)} in Actito's list`)]),
    ...(expires === null ? [] : [entry('expires', `${inWords(expires, now)} (${expires})`)]),
  ];
}

/** A line of what is told of a run: its name, and what there is to say. */
export function entry(name: string, text: string): string {
  return `  ${name.padEnd(10)} ${text}`;
}

/** What an undo, if it is one, puts the list back to. */
export function undoWords(undo: string | undefined): string[] {
  return undo === undefined ? [] : [`the list as it was after run ${undo}`];
}

/** What comes after an undo, for people, line by line. */
export function afterUndo(activation: string, undo: string | undefined): string[] {
  if (undo === undefined) return [];
  return [
    'The next ordinary run makes the list follow its segment again. Until that is right, let none start:',
    `  ${pauseCommand(activation)}`,
  ];
}

/** `read 60, members 60, …`: what people decide a held plan by. */
export function decisiveCounts(counts: Counts): string {
  return DECISIVE.filter((name) => counts[name] !== undefined)
    .map((name) => `${name} ${counts[name]}`)
    .join(', ');
}
