import type { Message, NoFacts } from './message.ts';
import {
  KEY_REJECT_MESSAGES,
  MEMBER_REJECT_MESSAGES,
  VALUE_REJECT_MESSAGES,
  type KeyReject,
  type RejectReason,
  type ValueReject,
} from './rejects.ts';
import { inWords, tell } from './tell.ts';

/** Why a row's key cannot be used, in words, by its code. */
export const KEY_REJECTS: Readonly<Record<KeyReject, string>> = wordsOf(KEY_REJECT_MESSAGES);

/** Why a value cannot be sent, in words, by its code. */
export const VALUE_REJECTS: Readonly<Record<ValueReject, string>> = wordsOf(VALUE_REJECT_MESSAGES);

/** Every code that has a sentence of its own, in words. */
export const REJECT_WORDS: Readonly<Record<RejectReason, string>> = {
  ...KEY_REJECTS,
  ...VALUE_REJECTS,
  ...wordsOf(MEMBER_REJECT_MESSAGES),
};

/** The words for a code; a code of Actito is shown as it is. */
export function rejectWords(code: string): string {
  return ownRejectWords(code) ?? tell('refusedByActito', { code }).message;
}

function ownRejectWords(code: string): string | undefined {
  return Object.hasOwn(REJECT_WORDS, code) ? REJECT_WORDS[code as RejectReason] : undefined;
}

function wordsOf<Code extends string>(messages: Record<Code, Message<NoFacts>>): Record<Code, string> {
  const entries = Object.entries<Message<NoFacts>>(messages).map(([code, entry]) => [
    code,
    inWords(entry, {}),
  ]);
  return Object.fromEntries(entries) as Record<Code, string>;
}
