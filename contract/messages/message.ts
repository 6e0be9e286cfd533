import type { FailureType } from './types.ts';

/** The facts of a message: JSON only, never a key, an attribute value or a secret. */
export type Facts = object;
export type NoFacts = Readonly<Record<string, never>>;

/** What to do next, in words, and the command for it, if there is one. */
export interface Next {
  advice: string;
  /** A complete command line (contract/commands.ts). */
  command?: string;
}

/** A message as data and as text: what activities, workflows, the state and clients pass to each other. */
export interface Told {
  /** Its name in the catalog of the version that created it. */
  reason: string;
  facts: Facts;
  next: Next[];
  /** The full text. */
  message: string;
}

/** Whether a failure's detail is a message. Failures of older versions or of other programs may have different details. */
export function isTold(detail: unknown): detail is Told {
  const { reason, message: words, next } = (detail ?? {}) as Partial<Told>;
  return typeof reason === 'string' && typeof words === 'string' && Array.isArray(next);
}

/** A message of the product: its facts and its text. */
export interface Message<F> {
  /** Example facts, one set for each variant of the text; docs/messages.md shows them all. */
  readonly examples: readonly [F, ...F[]];
  /** What happened, in complete sentences. */
  readonly says: (facts: F) => string;
  /** What to do next, in the order in which to try it. */
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

/** A message without facts. */
export function always(sentence: string, ...next: Next[]): Message<NoFacts> {
  return { examples: [{}], says: () => sentence, next: () => next };
}

/** Advice without a command. */
export function advise(...sentences: string[]): Next[] {
  return sentences.map((advice) => ({ advice }));
}
