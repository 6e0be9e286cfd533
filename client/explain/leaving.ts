import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { Grace } from '../../activation/definition/removal.ts';
import type { Membership } from '../../state/report/member.ts';

/** A member that the segment lacks, and that stays on the list for a while. */
export interface Leaving {
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
