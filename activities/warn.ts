import { log } from '@temporalio/activity';
import type { FactsOf, Reason } from '../contract/messages/catalogue.ts';
import { tell } from '../contract/messages/tell.ts';

/** Logs a warning that fails nothing. */
export function warn<R extends Reason>(reason: R, facts: FactsOf<R>): void {
  const { message, ...data } = tell(reason, facts);
  log.warn(message, data);
}
