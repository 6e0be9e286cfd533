import type { SegmentRow } from '../support.ts';
import { wholeRows, type Sent, type Values } from '../observing.ts';

/**
 * The certain facts of an activation: values that Actito confirmed, and the members of the list that was
 * delivered last.
 */
export interface Known {
  confirmed: ReadonlyMap<string, Values>;
  listed: readonly string[];
}

export const NOTHING: Known = { confirmed: new Map(), listed: [] };

const keysOf = (segment: SegmentRow[]) => segment.map(({ key }) => key!).sort();

/** What the next run must do: send members whose values are not confirmed, and deliver the whole segment. */
export function nextRun(
  { confirmed, listed }: Known,
  segment: SegmentRow[],
): { sends: Sent[]; added: number; removed: number; list: string[] } {
  const list = keysOf(segment);
  const differs = ({ key, values }: SegmentRow) =>
    JSON.stringify(confirmed.get(key!)) !== JSON.stringify(values);
  return {
    sends: wholeRows(segment.filter(differs)),
    added: list.filter((key) => !listed.includes(key)).length,
    removed: listed.filter((key) => !list.includes(key)).length,
    list,
  };
}

/** The certain facts after a run: `confirmed` are the keys that Actito confirmed, `arrived` is about the list. */
export function afterRun(
  known: Known,
  segment: SegmentRow[],
  { confirmed, arrived }: { confirmed: string[]; arrived: boolean },
): Known {
  const listed = arrived ? keysOf(segment) : known.listed;
  const values = new Map(known.confirmed);
  for (const { key, values: sent } of segment) if (confirmed.includes(key!)) values.set(key!, sent);
  // Members that are neither in the segment nor on the list are deleted.
  const stays = (key: string) => listed.includes(key) || keysOf(segment).includes(key);
  return { confirmed: new Map([...values].filter(([key]) => stays(key))), listed };
}
