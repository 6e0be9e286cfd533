import type { Definition } from '../../activation/definition/definition.ts';
import type { Grace } from '../../activation/definition/removal.ts';
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
  because: Told[];
  /** What was rejected of it, the latest first. */
  rejects: ToldReject[];
}

/** What Actito said of a row in its own words is left out: it may quote the row. */
type ToldReject = Omit<RejectHistory, 'said'> & { message: string };

interface ActitosAnswer {
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

interface Found {
  definition: Definition;
  /** The key in its one spelling, or why there is none. */
  found: CanonicalKey;
  facts: KeyFacts;
}

/** Where a key stands, and why, as the state database says. @throws Failure InvalidActivation for an unknown activation */
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
    const stored = key.slice(0, 255); // unusable keys are stored as the source says them
    const spellings = canonical === null ? [stored] : [...new Set([canonical, stored])];
    const facts = await readKeyFacts(snapshot, activation, { canonical, spellings });
    return explainKey({ activation, key }, { definition, found, facts });
  });
}

/** Why nothing is known: the activation has never run. */
export function neverRan({ activation, key }: Asked): Explanation {
  const because = [tell('neverRan', { activation })];
  const nothing = { storedAs: null, since: null, leaving: null, left: null, actito: null, rejects: [] };
  return { activation, key, onList: false, ...nothing, because };
}

/** Nothing is known, and will ever be: the person asked to be forgotten. */
function wasForgotten(asked: Asked, { record, askedAt }: ForgottenRecord): Explanation {
  const because = [tell('keyForgotten', { record, askedAt: askedAt.toISOString() })];
  return { ...neverRan(asked), because, forgotten: { record, at: askedAt } };
}

/** Where a key stands, and why, from what the state database says of it. */
function explainKey({ activation, key }: Asked, { definition, found, facts }: Found): Explanation {
  const { member } = facts;
  const rejects = facts.rejects.map(({ said: _, ...reject }) => ({
    ...reject,
    message: rejectWords(reject.reason),
  }));
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
 * Of very many rejected rows not all are stored, and old ones are deleted: then nobody knows for certain. Rows that were
 * rejected for the same key share a stored one (all those without a key do), so that fewer alone mean nothing.
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

function moment(run: string, at: Date | null): RunMoment {
  return { run, at: at?.toISOString() ?? null };
}

/** A member that the segment lacks, and that stays on the list for a while. */
interface Leaving {
  /** The first run that lacked it, and when that opened. */
  run: string;
  at: Date;
  /** So many more runs may lack it while it stays; null: its grace is told in time, or it has none any more. */
  runsLeft: number | null;
  /** From when on a run that lacks it takes it off; null: its grace is told in runs, or it has none any more. */
  from: Date | null;
}

/** How long a member stays that the segment lacks; null when the segment has it. */
export function leavingOf({ missing, listed }: Membership, grace: Grace | undefined): Leaving | null {
  if (!missing || !listed) return null;
  const { run, since: at, runs } = missing;
  return {
    run,
    at,
    runsLeft: grace && 'runs' in grace ? Math.max(0, grace.runs - runs) : null,
    from: grace && 'milliseconds' in grace ? new Date(at.getTime() + grace.milliseconds) : null,
  };
}

/** The same as a message. */
export function tellLeaving({ run, at, runsLeft, from }: Leaving): Told {
  return tell('leavesList', { run, at: at.toISOString(), runsLeft, from: from?.toISOString() ?? null });
}
