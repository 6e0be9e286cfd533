import { MESSAGES, type FactsOf, type Reason } from './catalogue.ts';
import { clean, cut } from '../clean.ts';
import type { Facts, Message, Next, Told } from './message.ts';

/** The one renderer: whoever has something to say names a reason of the catalogue and its facts. */
export function tell<R extends Reason>(reason: R, facts: FactsOf<R>): Told {
  const entry = MESSAGES[reason] as unknown as Message<FactsOf<R>>;
  const next = entry.next?.(facts) ?? [];
  return { reason, facts: facts as Facts, next, message: inWords(entry, facts) };
}

/** What happened, and what to do next. Names and reasons in it come from elsewhere: it is cleaned here, for all who show it. */
export function inWords<F>({ says, next }: Message<F>, facts: F): string {
  return withNext(cut(clean(says(facts))), next?.(facts) ?? []);
}

/** The same message with one more thing to do. */
export function tellAlso(told: Told, more: Next): Told {
  return { ...told, next: [...told.next, more], message: withNext(told.message, [more]) };
}

function withNext(said: string, next: Next[]): string {
  // What follows a list of lines must not read as a part of its last one.
  return [said, ...next.map(nextInWords).map(clean)].join(said.includes('\n') ? '\n' : ' ');
}

/** The advice, and the command after a colon; a full stop ends a command only where more follows, so that the last is easy to copy. */
function nextInWords({ advice, command }: Next, at: number, all: Next[]): string {
  if (command === undefined) return advice;
  return `${advice}: ${command}${at < all.length - 1 ? '.' : ''}`;
}
