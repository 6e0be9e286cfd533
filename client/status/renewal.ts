import { keepAliveAge } from '../../activation/keep-alive.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';

/** What decides whether a list is delivered again in time. */
export interface ListOutlook {
  deliveredAt: Date;
  /** Milliseconds. */
  validity: number;
  /** The next starts in their order; Temporal tells only some of them. */
  starts: readonly Date[];
  paused: boolean;
  /** Milliseconds between two starts at most, as the project folder has it; undefined without a schedule. */
  longestGap: number | undefined;
}

/**
 * Why no run will renew a list before it expires; undefined when one will. A run renews an unchanged list
 * from the age of the keep-alive on, so it is a start between that age and the end of the validity that counts.
 */
export function renewalProblem(activation: string, outlook: ListOutlook, now: Date): Told | undefined {
  const { deliveredAt, validity, starts, paused, longestGap } = outlook;
  const expires = new Date(deliveredAt.getTime() + validity);
  const due = new Date(deliveredAt.getTime() + keepAliveAge(validity));
  if (expires <= now) return tell('listExpired', { activation, expired: expires.toISOString() });
  const facts = { activation, expires: expires.toISOString() };
  if (paused) return tell('pausedUntilExpiry', facts);
  if (starts.length === 0) return tell('unstartedUntilExpiry', facts);
  if (starts.some((start) => start >= due && start < expires)) return undefined;
  const seesTheEnd = starts.at(-1)! >= expires;
  if (!seesTheEnd && longestGap !== undefined && longestGap < expires.getTime() - due.getTime())
    return undefined;
  return tell('notRenewedInTime', { ...facts, due: due.toISOString() });
}
