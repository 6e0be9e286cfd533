import type { Definition } from '../../activation/definition/definition.ts';
import type { Grace } from '../../activation/definition/removal.ts';
import type { RunMoment } from '../../contract/messages/explain.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { KeyFacts, Membership } from '../../state/report/member.ts';
import type { DirectoryCause } from '../../state/report/unmatched.ts';

/** A run and its start, as facts of a message. */
export function moment(run: string, at: Date | null): RunMoment {
  return { run, at: at?.toISOString() ?? null };
}

/** A member of the segment who is not on the list, because of the profile directory. */
export interface WaitsForProfile {
  cause: DirectoryCause;
  /** The run since which it waits, and when that run opened. */
  run: string;
  at: Date | null;
  /** When Actito wrote the newest export that was read. */
  directoryWrittenAt: Date | null;
}

/** Returns why a member waits for a profile; null if it does not. */
export function waitsOf(
  { outcome, listed, since: run, sinceMoment: at }: Membership,
  { directory }: KeyFacts,
): WaitsForProfile | null {
  if (listed || (outcome !== 'waiting' && outcome !== 'several')) return null;
  const cause = outcome === 'several' ? 'severalProfiles' : 'noProfile';
  return { cause, run, at, directoryWrittenAt: directory?.writtenAt ?? null };
}

/** Says that a member waits, how old the profile directory is, and what to do. */
export function tellWaiting(
  { cause, run, at }: WaitsForProfile,
  { activation }: Definition,
  { directory }: KeyFacts,
): Told {
  return tell(cause === 'severalProfiles' ? 'waitsForOneProfile' : 'waitsForProfile', {
    ...moment(run, at),
    attribute: activation.matchingKey.attribute,
    destination: activation.destination,
    hours: directory?.hours ?? null,
  });
}

/** A member that is missing from the segment and stays on the list during its grace period. */
export interface Leaving {
  /** The first run that did not find the member, and when that run opened. */
  run: string;
  at: Date;
  /**
   * The number of further runs that can miss the member before it is removed; null: the grace period is a duration or
   * has ended.
   */
  runsLeft: number | null;
  /** A run from this time on removes the member; null: the grace period is a number of runs or has ended. */
  from: Date | null;
}

/** Returns how long a missing member stays on the list; null when the segment contains it. */
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

/** Says how long a missing member stays on the list. */
export function tellLeaving({ run, at, runsLeft, from }: Leaving): Told {
  return tell('leavesList', { run, at: at.toISOString(), runsLeft, from: from?.toISOString() ?? null });
}
