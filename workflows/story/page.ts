import { markdownName } from '../../contract/clean.ts';
import { decideCommand } from '../../contract/commands.ts';
import { DECIDE_WORKFLOW_TYPE, decisionInput, type Decision } from '../../contract/decision.ts';
import { counted } from '../../contract/messages/words.ts';
import type { Phase } from '../../contract/progress.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { Counts } from '../../contract/counts.ts';
import type { RunResult } from '../../contract/result.ts';
import { countLines } from './counts.ts';

/** Words that depend on the mode of a run. */
export interface ModeWords {
  /** Shown before the phase and the outcome; can be empty. */
  label: string;
  /** What happens to the list; `push` is the planned reason of the delivery, null if there is none. */
  list(push: string | null): string;
  /** For modes that send no attributes. */
  attributes?: string;
}

/** What is known about a run at a point in time. */
export interface Known {
  /** The activation's name, or its id until that is read. */
  name: string;
  segment: string;
  /** For an undo: the run whose list is restored. */
  undo: string | null;
  list: string;
  words: ModeWords;
  reason?: string;
  phase: Phase;
  outcome: string | null;
  failure: string | null;
  /** The command to run next; part of the failure's message. */
  answer?: string;
  /** Set if a guard holds the run: the hash of the held plan. */
  held: string | null;
  /** That plan was declined before. */
  declined: boolean;
  /** For `decide`. */
  activation: string;
  taskQueue: string;
  counts: Counts;
  /** Undefined until it is planned. */
  push: string | null | undefined;
  confirmed: RunResult['list'] | undefined;
  notes: readonly Told[];
}

/** Renders a run as a short Markdown page for the web UI. It contains only numbers and names, no personal data. */
export function page(known: Known): string {
  const { undo, words, phase, outcome, counts, notes } = known;
  const [name, segment, list, reason] = [known.name, known.segment, known.list, known.reason ?? ''].map(
    markdownName,
  );
  const { read, list: members } = countLines(counts);
  const attributes = attributeWords(known);
  const rows = [
    ['Segment', undo ? [] : [segment && `*${segment}*`, read]],
    ['Undo', [undo && `the list after run ${undo}`]],
    ['List', [list && `*${list}*`, members, pushWords(known), confirmation(known)]],
    ['Attributes', [attributes]],
  ] as const;
  const table = rows
    .map(([what, parts]) => [what, parts.filter(Boolean).join(' · ')])
    .filter(([, text]) => text)
    .map(([what, text]) => `| ${what} | ${text} |`);
  return [
    `**${name}** · ${words.label && `${words.label} · `}${known.held && outcome ? `${outcome}: needs a decision` : (outcome ?? phase)}`,
    reason ? `Reason: ${reason}` : '',
    failureBlock(known),
    decisionBlock(known),
    table.length > 0 ? ['| | |', '|---|---|', ...table].join('\n') : '',
    ...notes.map(({ message }) => `- ${message}`),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** Commands are shown as code, since the web UI's typography would change their dashes and quotes. */
function failureBlock({ failure, answer }: Known): string {
  if (!failure) return '';
  if (!answer) return `**${failure}**`;
  return `**${failure.replace(answer, '').trim()}**\n\n    ${answer}`;
}

/** Explains how to decide about a held plan, on the command line and in the web UI. */
function decisionBlock({ held, declined, activation, taskQueue, failure }: Known): string {
  if (!held || !failure) return '';
  const decisions: Decision[] = declined ? ['approve'] : ['approve', 'decline'];
  const decline = [
    'If the change is not intended, decline the plan; runs remain held until the warehouse data changes:',
    `    ${decideCommand('decline', activation, held)}`,
  ];
  return [
    ...(declined ? [] : decline),
    `In this web UI, start the workflow type \`${DECIDE_WORKFLOW_TYPE}\` on task queue \`${taskQueue}\` with ${declined ? 'this input' : 'one of these inputs'}:`,
    decisions.map((decision) => `    ${decisionInput(decision, activation, held)}`).join('\n'),
  ].join('\n\n');
}

/** Summarizes the result in one sentence, which people read first. */
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
  if (held) return push ? 'delivered again unchanged' : 'not delivered: held';
  return words.list(push);
}

const CONFIRMATIONS = {
  retrieved: 'retrieved by Actito',
  pending: 'retrieval not confirmed yet',
  delivered: 'delivered; retrieval cannot be checked',
};

function confirmation({ confirmed }: Known): string {
  if (!confirmed) return '';
  const { confirmation: how, profiles, expires } = confirmed;
  return [
    how ? CONFIRMATIONS[how] : '',
    profiles === null ? '' : `targets ${counted(profiles, 'profile')}`,
    expires === null ? '' : `expires ${expires}`,
  ]
    .filter(Boolean)
    .join(', ');
}
