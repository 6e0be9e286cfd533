import type { SegmentRow } from './support.ts';

/** A member as the state holds it; `values` null: nothing confirmed, or in doubt. */
export interface ModelMember {
  listed: boolean;
  identifier: string;
  values: (string | null)[] | null;
  outcome: 'ok' | 'refused' | 'unmatched';
  retry: 'due' | 'later' | null;
  /** Runs that have succeeded since the segment lacks it; null: it was there. */
  missed?: number | null;
}

/** What is to happen to one member. */
export interface ModelDelta {
  key: string;
  membership: 'added' | 'removed' | 'reidentified' | 'leaving' | 'returned' | 'forgotten' | null;
  attributes: 'fresh' | 'changed' | 'retry' | 'resent' | null;
  pattern: string | null;
}

interface Settings {
  resync: boolean;
  /** No import was made for retries alone in the last 24 hours. */
  mayRetryAlone: boolean;
  /** So many runs without it does a member stay on the list. */
  grace?: number;
}

/** The rules of "Two facts per member", told member by member. */
export function modelDelta(
  members: Map<string, ModelMember>,
  segment: SegmentRow[],
  { resync, mayRetryAlone, grace = 0 }: Settings,
): { delta: ModelDelta[]; retriesAlone: boolean } {
  const keys = [...new Set([...members.keys(), ...segment.map(({ key }) => key!)])].sort();
  const delta = keys.map((key): ModelDelta => {
    const rows = segment.filter((row) => row.key === key);
    const member = members.get(key);
    const attributes = attributesOf(member, rows, resync);
    const pattern = attributes && patternOf(rows[0]!);
    return { key, membership: membershipOf(member, rows, grace), attributes, pattern };
  });
  const retries = delta.filter(({ attributes }) => attributes === 'retry');
  const others = delta.some(({ attributes }) => attributes !== null && attributes !== 'retry');
  const retriesAlone = !others && retries.length > 0 && mayRetryAlone;
  if (!others && !retriesAlone)
    for (const row of retries) Object.assign(row, { attributes: null, pattern: null });
  return { delta: delta.filter((row) => row.membership || row.attributes), retriesAlone };
}

function membershipOf(
  member: ModelMember | undefined,
  rows: SegmentRow[],
  grace: number,
): ModelDelta['membership'] {
  if (rows.length === 0) {
    if (!member!.listed) return 'forgotten';
    return (member!.missed ?? 0) < grace ? 'leaving' : 'removed';
  }
  if (!member?.listed) return 'added';
  const identifier = rows.map((row) => row.identifier!).sort()[0];
  if (member.identifier !== identifier) return 'reidentified';
  return (member.missed ?? null) === null ? null : 'returned';
}

function attributesOf(
  member: ModelMember | undefined,
  rows: SegmentRow[],
  resync: boolean,
): ModelDelta['attributes'] {
  const [first] = rows;
  const isAmbiguous = new Set(rows.map((row) => JSON.stringify(row))).size > 1;
  if (!first || isAmbiguous) return null;
  if (!member) return 'fresh';
  if (member.values === null) {
    if (member.retry !== 'later') return 'fresh';
    return resync ? 'resent' : null;
  }
  if (JSON.stringify(member.values) !== JSON.stringify(first.values)) return 'changed';
  if (resync) return 'resent';
  return member.outcome !== 'ok' && member.retry === 'due' ? 'retry' : null;
}

/** Attributes `a` and `b` keep what Actito has when they are null or blank, `c` is always sent. */
function patternOf({ values: [a, b] }: SegmentRow): string {
  const bit = (value: string | null | undefined) => ((value ?? '').trim() === '' ? '1' : '0');
  return `${bit(a)}${bit(b)}0`;
}
