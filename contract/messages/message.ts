import type { FailureType } from './types.ts';

/** What a message is about, as data: JSON only, and never a key, an attribute value or a secret. */
export type Facts = object;
export type NoFacts = Readonly<Record<string, never>>;

/** What people can do next: in words, and the command that does it, if there is one. */
export interface Next {
  advice: string;
  /** A whole command line (contract/commands.ts). */
  command?: string;
}

/** A message as data, and in words: what activities, workflows, the state and clients pass on to each other. */
export interface Told {
  /** Its name in the catalogue of the version that told it. */
  reason: string;
  facts: Facts;
  next: Next[];
  /** All of it in words. */
  message: string;
}

/** Whether a failure's detail is a message: one of ours that an older version told, or a foreign one, may have others. */
export function isTold(detail: unknown): detail is Told {
  const { reason, message: words, next } = (detail ?? {}) as Partial<Told>;
  return typeof reason === 'string' && typeof words === 'string' && Array.isArray(next);
}

/** A message of the product: what it is about, and how it reads. */
export interface Message<F> {
  /** Facts as they may be, one set for each way in which the message reads: docs/messages.md shows them all. */
  readonly examples: readonly [F, ...F[]];
  /** What happened, in whole sentences. */
  readonly says: (facts: F) => string;
  /** What to do next, in the order in which people try it. */
  readonly next?: (facts: F) => Next[];
}

/** A message that ends an activity, a workflow or a command. */
export interface FailureMessage<F> extends Message<F> {
  readonly type: FailureType;
}

/** A message; the type of its facts is that of the examples. */
export function message<F extends Facts>(parts: Message<F>): Message<F> {
  return parts;
}

/** A failure; the type of its facts is that of the examples. */
export function failure<F extends Facts>(type: FailureType, parts: Message<F>): FailureMessage<F> {
  return { type, ...parts };
}

/** What a message without facts reads like. */
export function always(sentence: string, ...next: Next[]): Message<NoFacts> {
  return { examples: [{}], says: () => sentence, next: () => next };
}

/** Advice without a command. */
export function advise(...sentences: string[]): Next[] {
  return sentences.map((advice) => ({ advice }));
}
