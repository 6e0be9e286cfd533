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

/** The expected counts of a run from one segment to the next, for these contacts of Actito. */
export function expectedCounts(
  before: Segment | null,
  { read, rejected, members }: Segment,
  contacts: Set<string>,
) {
  const known = before?.members ?? new Map<string, string | null>();
  const keys = [...members.keys()];
  const sent = keys.filter((key) => members.get(key) !== null && members.get(key) !== known.get(key));
  return {
    read,
    added: keys.filter((key) => !known.has(key)).length,
    removed: [...known.keys()].filter((key) => !members.has(key)).length,
    updated: sent.filter((key) => contacts.has(key)).length,
    unmatched: sent.filter((key) => !contacts.has(key)).length,
    rejected,
    profiles: keys.filter((key) => contacts.has(key)).length,
  };
}
