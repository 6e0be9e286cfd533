import type { Definition } from '../../activation/definition/definition.ts';
import { canonicalKey, type CanonicalKey } from '../../activation/keys/canonical.ts';
import { KEY_REJECTS } from '../../activation/keys/rejects.ts';
import type { RunMoment } from '../../contract/messages/explain.ts';
import type { Told } from '../../contract/messages/message.ts';
import { rejectWords } from '../../contract/messages/reject-words.ts';
import { tell } from '../../contract/messages/tell.ts';
import { MAX_STORED_REJECTS } from '../../state/rejects/rejects.ts';
import { latestDefinition } from '../../state/report/activations.ts';
import { findRecordOf, type ForgottenRecord } from '../../state/report/forgotten.ts';
import type { PastRun } from '../../state/report/history.ts';
import { readKeyFacts, type KeyFacts, type LastRead, type Membership } from '../../state/report/member.ts';
import type { RejectHistory } from '../../state/report/rejects.ts';
import type { Context } from '../context.ts';
import { hasRun, withState } from '../state.ts';
import {
  leavingOf,
  moment,
  tellLeaving,
  tellWaiting,
  waitsOf,
  type Leaving,
  type WaitsForProfile,
} from './explained-membership.ts';

/** The status of a key, and the reasons for it. */
export interface Explanation {
  activation: string;
  /** The key as the user typed it. */
  key: string;
  /**
   * The key as the state stores it and Actito receives it; null when the key is unusable or the activation never ran.
   */
  storedAs: string | null;
  onList: boolean;
  /** The record of a forgotten person. The explanation then contains nothing else. */
  forgotten?: { record: string; at: Date };
  /** The run that added the key to the list. */
  since: { run: string; at: Date | null } | null;
  /** Set when the segment no longer contains the key but the list does, during the grace period. */
  leaving: Leaving | null;
  /** The run that removed the key from the list, if it is still known. */
  left: { run: string; at: Date } | null;
  /** Set when the key is in the segment, and the profile directory has no profile with it, or several. */
  waiting: WaitsForProfile | null;
  /** Actito's last answer to the attributes; null when the key is not a member, or waits for a profile. */
  actito: ActitosAnswer | null;
  /** The explanation in sentences. */
  because: Told[];
  /** Rejects of this key, newest first. */
  rejects: ToldReject[];
}

/** Omits Actito's own text about a row, because it can quote the row. */
type ToldReject = Omit<RejectHistory, 'said'> & { message: string };

interface ActitosAnswer {
  answer: 'ok' | 'refused' | 'unmatched' | 'assumed' | 'not confirmed' | 'nothing to send';
  /** Actito's code for a rejected row. */
  reason: string | null;
  /** From this time on, a run sends the row again even if its values have not changed. */
  dueAgain: Date | null;
}

interface Asked {
  activation: string;
  key: string;
}

interface Found {
  definition: Definition;
  /** The canonical key, or the reason why there is none. */
  found: CanonicalKey;
  facts: KeyFacts;
}

/** Explains a key from the state database. @throws Failure InvalidActivation for an unknown activation */
export async function explain(
  activation: string,
  key: string,
  { env }: Pick<Context, 'env'>,
): Promise<Explanation> {
  return withState(env, async (snapshot) => {
    const ran = await hasRun(snapshot, activation, env);
    const definition = ran ? await latestDefinition(snapshot, activation) : undefined;
    const forgotten = await findRecordOf(snapshot, key, definition?.activation.matchingKey.defaultCountry);
    if (forgotten) return wasForgotten({ activation, key }, forgotten);
    if (!definition) return neverRan({ activation, key });
    const found = canonicalKey(definition.activation.matchingKey, key);
    const canonical = 'key' in found ? found.key : null;
    const stored = key.slice(0, 255); // the state stores unusable keys as in the source
    const spellings = canonical === null ? [stored] : [...new Set([canonical, stored])];
    const facts = await readKeyFacts(snapshot, activation, { canonical, spellings });
    return explainKey({ activation, key }, { definition, found, facts });
  });
}

/** The explanation for an activation that has never run. */
function neverRan({ activation, key }: Asked): Explanation {
  const because = [tell('neverRan', { activation })];
  const nothing = {
    storedAs: null,
    since: null,
    leaving: null,
    left: null,
    waiting: null,
    actito: null,
    rejects: [],
  };
  return { activation, key, onList: false, ...nothing, because };
}

/** The explanation for a forgotten person: the state has no data about them. */
function wasForgotten(asked: Asked, { record, askedAt }: ForgottenRecord): Explanation {
  const because = [tell('keyForgotten', { record, askedAt: askedAt.toISOString() })];
  return { ...neverRan(asked), because, forgotten: { record, at: askedAt } };
}

function explainKey({ activation, key }: Asked, { definition, found, facts }: Found): Explanation {
  const { member } = facts;
  const rejects = facts.rejects.map(({ said: _, ...reject }) => ({
    ...reject,
    message: rejectWords(reject.reason),
  }));
  const waiting = member && waitsOf(member, facts);
  const actito = member && !waiting ? answerOf(member, definition, rejects) : null;
  const leaving = member && leavingOf(member, definition.activation.removal?.after);
  return {
    activation,
    key,
    storedAs: 'key' in found ? found.key : null,
    onList: member?.listed ?? false,
    since: member?.listed ? { run: member.since, at: member.sinceMoment } : null,
    leaving,
    left: member?.listed ? null : facts.left,
    waiting,
    actito,
    because: [
      ...(waiting ? [tellWaiting(waiting, definition, facts)] : []),
      ...(member ? (waiting ? [] : membership(member, definition)) : absence(found, facts)),
      ...(leaving ? [tellLeaving(leaving)] : []),
      ...(actito ? answerWords(actito, definition, rejects) : []),
    ],
    rejects,
  };
}

function membership(member: Membership, { activation }: Definition): Told[] {
  const run = moment(member.since, member.sinceMoment);
  return member.listed
    ? [tell('onList', { ...run, list: activation.list.name, byRebase: member.sinceRebase })]
    : [tell('notYetOnList', run)];
}

function absence(found: CanonicalKey, { rejects, left, lastRead, later }: KeyFacts): Told[] {
  if ('reject' in found)
    return [tell('keyNeverOnList', { code: found.reject, words: KEY_REJECTS[found.reject] })];
  if (!lastRead) return [tell('noRunSucceeded', {}), ...laterRun(later)];
  const run = moment(lastRead.run, lastRead.openedAt);
  const rejected = rejects.find(({ stage, lastRun }) => stage === 'extract' && lastRun === lastRead.run);
  return [
    rejected ? tell('rowRejected', { ...run, code: rejected.reason }) : notRead(run, lastRead),
    ...(left ? [tell('leftList', moment(left.run, left.at))] : []),
    ...unstored(lastRead),
    ...laterRun(later),
  ];
}

function notRead(run: RunMoment, { undo }: LastRead): Told {
  return undo === null ? tell('notInSegment', run) : tell('notOnListOf', { ...run, undo });
}

/**
 * Reports that rejects can be missing: a run stores a limited number of rejected rows, and old ones are deleted. Rows
 * with the same key share a stored row (so do all rows without a key), so a lower number alone proves nothing.
 */
function unstored({ counts, storedRejects, rejectedKeys }: LastRead): Told[] {
  const rejected = counts.rejected ?? 0;
  if (rejectedKeys === 0) return [];
  const isDeleted = rejected > 0 && storedRejects === 0;
  if (rejected <= MAX_STORED_REJECTS && !isDeleted) return [];
  return [tell('rejectsNotStored', { rejected, stored: storedRejects })];
}

function laterRun(later: PastRun | null): Told[] {
  if (!later) return [];
  return [tell('laterRun', { ...moment(later.run, later.openedAt), outcome: later.outcome })];
}

function answerOf(member: Membership, definition: Definition, rejects: readonly ToldReject[]): ActitosAnswer {
  const { confirmed, outcome, retryAt: dueAgain } = member;
  if (definition.activation.attributes.length === 0)
    return { answer: 'nothing to send', reason: null, dueAgain: null };
  if (outcome === 'nothing') return { answer: 'nothing to send', reason: null, dueAgain: null };
  if (!confirmed) return { answer: 'not confirmed', reason: null, dueAgain };
  const refusal = rejects.find(({ stage, attribute }) => stage === 'import' && attribute === '');
  if (outcome === 'unexplained') return { answer: 'not confirmed', reason: null, dueAgain };
  // Nothing was sent since the profile was gone.
  if (outcome === 'waiting' || outcome === 'several')
    return { answer: 'not confirmed', reason: null, dueAgain };
  return { answer: outcome, reason: outcome === 'refused' ? (refusal?.reason ?? null) : null, dueAgain };
}

function answerWords(
  { answer, reason, dueAgain }: ActitosAnswer,
  { activation: { attributes } }: Definition,
  rejects: readonly ToldReject[],
): Told[] {
  const due = { dueAgain: dueAgain?.toISOString() };
  switch (answer) {
    case 'nothing to send':
      return [tell(attributes.length === 0 ? 'noAttributesMapped' : 'attributesAllEmpty', {})];
    case 'ok':
      return [tell('attributesConfirmed', {})];
    case 'assumed':
      return [tell('attributesAssumed', {})];
    case 'unmatched':
      return [tell('profileUnknown', due)];
    case 'refused':
      return [tell('attributesRefused', { ...due, code: reason ?? undefined })];
    case 'not confirmed':
      if (rejects[0]?.reason === 'AmbiguousValues')
        return [tell('attributesContradict', { words: rejectWords('AmbiguousValues') })];
      return [dueAgain ? tell('attributesUnexplained', due) : tell('attributesUnconfirmed', {})];
  }
}
