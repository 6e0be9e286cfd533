import type { SegmentRow } from './support.ts';

/**
 * A member as the state holds it; `values` as they were last sent; null: nothing was sent, or the result is
 * in doubt.
 */
export interface ModelMember {
  listed: boolean;
  identifier: string;
  values: (string | null)[] | null;
  outcome: 'ok' | 'refused' | 'unmatched' | 'unexplained';
  retry: 'due' | 'later' | null;
  /** Runs that have succeeded since the segment lacks it; null: the segment has it. */
  missed?: number | null;
}

/** The result for one member. */
export interface ModelDelta {
  key: string;
  membership: 'added' | 'removed' | 'reidentified' | 'leaving' | 'returned' | 'erased' | null;
  attributes: 'fresh' | 'changed' | 'retry' | 'resent' | null;
  pattern: string | null;
}

interface Settings {
  resync: boolean;
  /** The activation sent no retries in the last 24 hours. */
  mayRetry: boolean;
  /** A member stays on the list for this number of runs without it. */
  grace?: number;
}

/** The rules, applied member by member. */
export function modelDelta(
  members: Map<string, ModelMember>,
  segment: SegmentRow[],
  { resync, mayRetry, grace = 0 }: Settings,
): ModelDelta[] {
  const keys = [...new Set([...members.keys(), ...segment.map(({ key }) => key!)])].sort();
  return keys
    .map((key): ModelDelta => {
      const rows = segment.filter((row) => row.key === key);
      const member = members.get(key);
      const attributes = attributesOf(member, rows, { resync, mayRetry });
      const pattern = attributes && patternOf(rows[0]!);
      return { key, membership: membershipOf(member, rows, grace), attributes, pattern };
    })
    .filter(({ membership, attributes }) => membership ?? attributes);
}

/** The list after the delta is applied. */
export function modelList(
  members: Map<string, ModelMember>,
  segment: SegmentRow[],
  delta: ModelDelta[],
): string[] {
  const leaving = delta.filter(({ membership }) => membership === 'leaving');
  const present = [...new Set(segment.map(({ key }) => key!))];
  return [
    ...present.map((key) => smallestIdentifier(segment.filter((row) => row.key === key))),
    ...leaving.map(({ key }) => members.get(key)!.identifier),
  ].sort();
}

/** Keys whose rows contradict each other. */
export function ambiguousKeys(segment: SegmentRow[]): string[] {
  const keys = [...new Set(segment.map(({ key }) => key!))].sort();
  return keys.filter((key) => isAmbiguous(segment.filter((row) => row.key === key)));
}

function isAmbiguous(rows: SegmentRow[]): boolean {
  return new Set(rows.map(({ identifier, values }) => JSON.stringify([identifier, values]))).size > 1;
}

function smallestIdentifier(rows: SegmentRow[]): string {
  return rows.map(({ identifier }) => identifier!).sort()[0]!;
}

function membershipOf(
  member: ModelMember | undefined,
  rows: SegmentRow[],
  grace: number,
): ModelDelta['membership'] {
  if (rows.length === 0) {
    if (!member!.listed) return 'erased';
    return (member!.missed ?? 0) < grace ? 'leaving' : 'removed';
  }
  if (!member?.listed) return 'added';
  if (member.identifier !== smallestIdentifier(rows)) return 'reidentified';
  return (member.missed ?? null) === null ? null : 'returned';
}

function attributesOf(
  member: ModelMember | undefined,
  rows: SegmentRow[],
  { resync, mayRetry }: Omit<Settings, 'grace'>,
): ModelDelta['attributes'] {
  const [first] = rows;
  if (!first || isAmbiguous(rows)) return null;
  if (!member || member.values === null) return 'fresh';
  if (JSON.stringify(member.values) !== JSON.stringify(first.values)) return 'changed';
  if (resync) return 'resent';
  return mayRetry && member.retry === 'due' ? 'retry' : null;
}

/** Attributes `a` and `b` keep what Actito has when they are null or blank, `c` is always sent. */
function patternOf({ values: [a, b] }: SegmentRow): string {
  const bit = (value: string | null | undefined) => ((value ?? '').trim() === '' ? '1' : '0');
  return `${bit(a)}${bit(b)}0`;
}
