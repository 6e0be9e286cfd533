import type { Client } from 'pg';
import { loadProject } from '../../config/project.ts';

/** The members of the segment, by canonical address; null stands for contradicting values. */
export interface Segment {
  read: number;
  rejected: number;
  members: Map<string, string | null>;
}

/** The segment of the demo, computed in the simplest way. */
export async function demoSegment(shop: Client): Promise<Segment> {
  const { activations } = await loadProject('examples/demo');
  const { rows } = await shop.query<{ email: string | null }>(
    activations.get('vip-customers')!.segment.query!,
  );
  const members: Segment['members'] = new Map();
  let rejected = 0;
  for (const { email, ...values } of rows) {
    const key = email?.trim().toLowerCase() ?? '';
    const value = JSON.stringify(values);
    if (!/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/.test(key)) rejected++;
    else members.set(key, (members.get(key) ?? value) === value && members.get(key) !== null ? value : null);
  }
  return { read: rows.length, rejected, members };
}

/** A segment, and the addresses of Actito's contacts at that time. */
export interface Day {
  segment: Segment;
  contacts: ReadonlySet<string>;
}

/** Only members with a profile are on the list. */
function listed({ segment, contacts }: Day): Map<string, string | null> {
  return new Map([...segment.members].filter(([key]) => contacts.has(key)));
}

/** The expected counts of a run from one day to the next. */
export function expectedCounts(before: Day | null, now: Day) {
  const { read, rejected, members } = now.segment;
  const [known, current] = [before ? listed(before) : new Map<string, string | null>(), listed(now)];
  const keys = [...current.keys()];
  return {
    read,
    added: keys.filter((key) => !known.has(key)).length,
    removed: [...known.keys()].filter((key) => !current.has(key)).length,
    updated: keys.filter((key) => current.get(key) !== null && current.get(key) !== known.get(key)).length,
    waiting: members.size - current.size,
    rejected,
    profiles: keys.length,
  };
}
