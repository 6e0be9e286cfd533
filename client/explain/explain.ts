import type { Definition } from '../../activation/definition/definition.ts';
import type { CanonicalKey } from '../../activation/keys/canonical.ts';
import { KEY_REJECTS } from '../../activation/keys/rejects.ts';
import { MAX_STORED_REJECTS } from '../../state/rejects/rejects.ts';
import type { ForgottenRecord } from '../../state/report/forgotten.ts';
import type { KeyFacts, LastRead, Membership } from '../../state/report/member.ts';
import type { PastRun } from '../../state/report/history.ts';
import type { RejectStory } from '../../state/report/rejects.ts';
import { leavingOf, leavingWords, type Leaving } from './leaving.ts';
import { rejectWords } from '../output/reject-words.ts';

/** Where a key stands, and why. */
export interface Explanation {
  activation: string;
  /** As it was asked for. */
  key: string;
  /** As members are stored and sent; null when such a key is unusable, or the activation never ran. */
  storedAs: string | null;
  onList: boolean;
  /** The record of the person who asked to be forgotten: then nothing else is told. */
  forgotten?: { record: string; at: Date };
  /** The run that put it on the list. */
  since: { run: string; at: Date | null } | null;
  /** It is on the list for a while, and the segment lacks it. */
  leaving: Leaving | null;
  /** The run with which it left the list, as far as that is still known. */
  left: { run: string; at: Date } | null;
  /** Actito's last answer to its attributes; null when it is no member. */
  actito: ActitosAnswer | null;
  /** All of it in sentences. */
  because: string[];
  /** What was rejected of it, the latest first. */
  rejects: (RejectStory & { message: string })[];
}

export interface ActitosAnswer {
  answer: 'ok' | 'refused' | 'unmatched' | 'assumed' | 'not confirmed' | 'nothing to send';
  /** Actito's code of a refusal. */
  reason: string | null;
  /** From when on it is sent again although its values have not changed. */
  dueAgain: Date | null;
}

interface Asked {
  activation: string;
  key: string;
}

export interface Found {
  definition: Definition;
  /** The key in its one spelling, or why there is none. */
  found: CanonicalKey;
  facts: KeyFacts;
}

/** Why nothing is known: the activation has never run. */
export function neverRan({ activation, key }: Asked): Explanation {
  const because = [`${activation} has never run: nobody is on its list.`];
  const nothing = { storedAs: null, since: null, leaving: null, left: null, actito: null, rejects: [] };
  return { activation, key, onList: false, ...nothing, because };
}

/** Nothing is known, and will ever be: the person asked to be forgotten. */
export function wasForgotten(asked: Asked, { record, askedAt }: ForgottenRecord): Explanation {
  const because = [
    `The person asked to be forgotten (record ${record}, ${askedAt.toISOString()}): no run adds this key to a list.`,
  ];
  return { ...neverRan(asked), because, forgotten: { record, at: askedAt } };
}

/** Where a key stands, and why, from what the state database says of it. */
export function explainKey({ activation, key }: Asked, { definition, found, facts }: Found): Explanation {
  const { member } = facts;
  const rejects = facts.rejects.map((reject) => ({ ...reject, message: rejectWords(reject.reason) }));
  const actito = member && answerOf(member, definition, rejects);
  const leaving = member && leavingOf(member, definition.activation.removal?.after);
  return {
    activation,
    key,
    storedAs: 'key' in found ? found.key : null,
    onList: member?.listed ?? false,
    since: member?.listed ? { run: member.since, at: member.sinceMoment } : null,
    leaving,
    left: member?.listed ? null : facts.left,
    actito,
    because: [
      ...(member ? membership(member, definition) : absence(found, facts)),
      ...(leaving ? [leavingWords(leaving)] : []),
      ...(actito ? answerWords(actito, rejects) : []),
    ],
    rejects,
  };
}

function membership(member: Membership, { activation }: Definition): string[] {
  const run = `run ${member.since}${at(member.sinceMoment)}`;
  return member.listed
    ? [
        `On the list "${activation.list.name}" since ${run}${member.sinceRebase ? ', a rebase: it was taken for listed' : ''}.`,
      ]
    : [
        `Known since ${run}, but not on the list: no list that has it was delivered yet. The next run delivers one.`,
      ];
}

function absence(found: CanonicalKey, { rejects, left, lastRead, later }: KeyFacts): string[] {
  if ('reject' in found)
    return [`Such a key is never on the list (${found.reject}): ${KEY_REJECTS[found.reject]}`];
  if (!lastRead) return ['Not on the list: no run has succeeded yet.', ...laterRun(later)];
  const run = `run ${lastRead.run}${at(lastRead.openedAt)}`;
  const rejected = rejects.find(({ stage, lastRun }) => stage === 'extract' && lastRun === lastRead.run);
  return [
    `Not on the list: ${rejected ? `${run} could not use its row (${rejected.reason}).` : notRead(run, lastRead)}`,
    ...(left ? [`It left the list with run ${left.run}${at(left.at)}.`] : []),
    ...unstored(lastRead),
    ...laterRun(later),
  ];
}

function notRead(run: string, { undo }: LastRead): string {
  return undo === null
    ? `it was not in the segment when ${run} read it.`
    : `${run} put it back to how it was after run ${undo}, and it was not on it then.`;
}

/**
 * Of very many rejected rows not all are stored, and old ones are deleted: then nobody knows for certain. Rows that were
 * rejected for the same key share a stored one (all those without a key do), so that fewer alone mean nothing.
 */
function unstored({ counts, storedRejects, rejectedKeys }: LastRead): string[] {
  const rejected = counts.rejected ?? 0;
  if (rejectedKeys === 0) return [];
  const isDeleted = rejected > 0 && storedRejects === 0;
  if (rejected <= MAX_STORED_REJECTS && !isDeleted) return [];
  return [
    `That run rejected ${rejected} rows, of which ${storedRejects} are stored: a row with this key in a spelling that ` +
      'cannot be used may be among the others.',
  ];
}

function laterRun(later: PastRun | null): string[] {
  if (!later) return [];
  const ended = later.outcome === null ? 'has not ended' : `ended as ${later.outcome}`;
  return [
    `Run ${later.run}${at(later.openedAt)} came after it and ${ended}; what it read does not count yet.`,
  ];
}

function answerOf(
  member: Membership,
  definition: Definition,
  rejects: readonly RejectStory[],
): ActitosAnswer {
  const { confirmed, outcome, retryAt: dueAgain } = member;
  if (definition.activation.attributes.length === 0)
    return { answer: 'nothing to send', reason: null, dueAgain: null };
  if (!confirmed) return { answer: 'not confirmed', reason: null, dueAgain };
  const refusal = rejects.find(({ stage, attribute }) => stage === 'import' && attribute === '');
  if (outcome === 'nothing') return { answer: 'nothing to send', reason: null, dueAgain: null };
  if (outcome === 'unexplained') return { answer: 'not confirmed', reason: null, dueAgain };
  return { answer: outcome, reason: outcome === 'refused' ? (refusal?.reason ?? null) : null, dueAgain };
}

function answerWords({ answer, reason, dueAgain }: ActitosAnswer, rejects: readonly RejectStory[]): string[] {
  const again = `Sent again when its values change, or from ${dueAgain?.toISOString() ?? 'the next run'} on.`;
  switch (answer) {
    case 'nothing to send':
      return ['No attributes are mapped: of this member only the list is sent.'];
    case 'ok':
      return ['Actito confirmed its attributes as they were last sent.'];
    case 'assumed':
      return [
        'A rebase took its attributes for what Actito has; Actito was not asked. They are sent when they change.',
      ];
    case 'unmatched':
      return [`Actito has no profile with this key, so the list does not reach it. ${again}`];
    case 'refused':
      return [`Actito refused its attributes${reason === null ? '' : ` (${reason})`}. ${again}`];
    case 'not confirmed':
      if (rejects[0]?.reason === 'AmbiguousValues')
        return [`No attributes are sent: ${rejectWords('AmbiguousValues')}`];
      return dueAgain
        ? [`Its import ended with errors that Actito did not tell row by row. ${again}`]
        : [
            'Actito has not confirmed its attributes: not sent yet, or the answer was lost. The next run sends them.',
          ];
  }
}

function at(moment: Date | null): string {
  return moment === null ? '' : ` (${moment.toISOString()})`;
}
