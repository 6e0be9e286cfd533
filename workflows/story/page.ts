import { markdownName } from '../../contract/clean.ts';
import type { Phase } from '../../contract/progress.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { Counts } from '../../contract/counts.ts';
import type { RunResult } from '../../contract/result.ts';
import { countLines } from './counts.ts';

/** What is said of a run in the words of its mode. */
export interface ModeWords {
  /** Stands before the phase and the outcome; empty: nothing does. */
  label: string;
  /** What becomes of the list, once it is planned why it is pushed (null: it is not). */
  list(push: string | null): string;
  /** Of modes that send no attributes. */
  attributes?: string;
}

/** What is known of a run at some moment. */
export interface Known {
  /** The activation's name, or its id until that is read. */
  name: string;
  segment: string;
  /** The run that an undo puts the list back to, instead of following the segment. */
  undo: string | null;
  list: string;
  words: ModeWords;
  reason?: string;
  phase: Phase;
  outcome: string | null;
  failure: string | null;
  /** The command that answers a failure; part of it. */
  answer?: string;
  /** A guard holds the run. */
  held: boolean;
  counts: Counts;
  /** Undefined until it is planned. */
  push: string | null | undefined;
  confirmed: RunResult['list'] | undefined;
  notes: readonly Told[];
}

/** A run as a short page of Markdown for the web UI: numbers and names only, no personal data. */
export function page(known: Known): string {
  const { undo, words, phase, outcome, counts, notes } = known;
  const [name, segment, list, reason] = [known.name, known.segment, known.list, known.reason ?? ''].map(
    markdownName,
  );
  const { read, list: members } = countLines(counts);
  const attributes = attributeWords(known);
  const rows = [
    ['Segment', undo ? [] : [segment && `*${segment}*`, read]],
    ['Undo', [undo && `the list as it was after run ${undo}`]],
    ['List', [list && `*${list}*`, members, pushWords(known), confirmation(known)]],
    ['Attributes', [attributes]],
  ] as const;
  const table = rows
    .map(([what, parts]) => [what, parts.filter(Boolean).join(' · ')])
    .filter(([, text]) => text)
    .map(([what, text]) => `| ${what} | ${text} |`);
  return [
    `**${name}** · ${words.label && `${words.label} · `}${outcome ?? phase}`,
    reason ? `Reason: ${reason}` : '',
    failureBlock(known),
    table.length > 0 ? ['| | |', '|---|---|', ...table].join('\n') : '',
    ...notes.map(({ message }) => `- ${message}`),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** Commands as code: the web UI's typography would turn their dashes and quotes into others. */
function failureBlock({ failure, answer }: Known): string {
  if (!failure) return '';
  if (!answer) return `**${failure}**`;
  return `**${failure.replace(answer, '').trim()}**\n\n    ${answer}`;
}

/** The result in one sentence: what people read first. */
export function summarySentence(known: Known): string {
  const { read, list } = countLines(known.counts);
  const attributes = attributeWords(known);
  const parts = [
    known.undo ? `undo to run ${known.undo}` : read && `read ${read}`,
    list && `list: ${list}`,
    pushWords(known),
    confirmation(known),
  ];
  return [...parts, attributes && `attributes: ${attributes}`].filter(Boolean).join('; ');
}

function attributeWords({ counts, words }: Known): string {
  const { attributes } = countLines(counts);
  return attributes && (words.attributes ?? attributes);
}

function pushWords({ push, words, held }: Known): string {
  if (push === undefined) return '';
  if (held) return push ? 'delivered again as it was' : 'not pushed: held';
  return words.list(push);
}

const CONFIRMATIONS = {
  retrieved: 'retrieved by Actito',
  pending: 'not confirmed by Actito yet',
  delivered: 'delivered; nothing tells whether Actito retrieved it',
};

function confirmation({ confirmed }: Known): string {
  if (!confirmed) return '';
  const { confirmation: how, profiles, expires } = confirmed;
  return [
    how ? CONFIRMATIONS[how] : '',
    profiles === null ? '' : `targets ${profiles} profiles`,
    expires === null ? '' : `expires ${expires}`,
  ]
    .filter(Boolean)
    .join(', ');
}
