import { keepAliveAge } from '../../activation/keep-alive.ts';

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
 * Why no run will renew a list before it expires, as a sentence; undefined when one will. A run renews an unchanged list
 * from the age of the keep-alive on, so it is a start between that age and the end of the validity that counts.
 */
export function renewalProblem(outlook: ListOutlook, now: Date): string | undefined {
  const { deliveredAt, validity, starts, paused, longestGap } = outlook;
  const expires = new Date(deliveredAt.getTime() + validity);
  const due = new Date(deliveredAt.getTime() + keepAliveAge(validity));
  if (expires <= now) return `its list has expired at ${expires.toISOString()}, and targets nobody in Actito`;
  const end = `its list expires at ${expires.toISOString()}`;
  if (paused) return `its schedule is paused, and ${end}`;
  if (starts.length === 0) return `nothing starts it, and ${end}`;
  if (starts.some((start) => start >= due && start < expires)) return undefined;
  const seesTheEnd = starts.at(-1)! >= expires;
  if (!seesTheEnd && longestGap !== undefined && longestGap < expires.getTime() - due.getTime())
    return undefined;
  return `no run will renew it in time: ${end}, is delivered anew from ${due.toISOString()} on, and no start lies between`;
}
