import { MESSAGES, type FactsOf, type Reason } from './catalogue.ts';
import { clean, cut } from '../clean.ts';
import type { Facts, Message, Next, Told } from './message.ts';

/** The only renderer of messages: callers pass a reason from the catalog and its facts. */
export function tell<R extends Reason>(reason: R, facts: FactsOf<R>): Told {
  const entry = MESSAGES[reason] as unknown as Message<FactsOf<R>>;
  const next = entry.next?.(facts) ?? [];
  return { reason, facts: facts as Facts, next, message: inWords(entry, facts) };
}

/** What happened, and what to do next. Facts may contain names from outside, so the text is cleaned here, for every output. */
export function inWords<F>({ says, next }: Message<F>, facts: F): string {
  return withNext(cut(clean(says(facts))), next?.(facts) ?? []);
}

/** The same message with one more piece of advice. */
export function tellAlso(told: Told, more: Next): Told {
  return { ...told, next: [...told.next, more], message: withNext(told.message, [more]) };
}

function withNext(said: string, next: Next[]): string {
  // After several lines, the advice needs its own line, or it reads as part of the last one.
  return [said, ...next.map(nextInWords).map(clean)].join(said.includes('\n') ? '\n' : ' ');
}

/** The advice and its command, with no period after the last command, so that it is easy to copy. */
function nextInWords({ advice, command }: Next, at: number, all: Next[]): string {
  if (command === undefined) return advice;
  return `${advice}: ${command}${at < all.length - 1 ? '.' : ''}`;
}
