import type { CountName, Counts } from '../../contract/counts.ts';

/** The order in which a run happens; the state keeps counts in no order. */
const ORDER: CountName[] = [
  'read',
  'rejected',
  'forgotten',
  'duplicates',
  'ambiguous',
  'members',
  'added',
  'removed',
  'leaving',
  'changed',
  'unchanged',
  'retried',
  'updated',
  'unmatched',
  'refused',
  'badValues',
  'unsent',
];

/** The counts in the order in which a run happens. */
export function inOrder(counts: Counts): Counts {
  const known = ORDER.filter((name) => counts[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, counts[name]]));
}

/** `name 3, other 4`, without those that are zero or not counted yet. */
function some(counts: Counts, names: Partial<Record<CountName, string>>): string {
  return (Object.keys(names) as CountName[])
    .filter((name) => counts[name])
    .map((name) => `${counts[name]} ${names[name]}`)
    .join(', ');
}

/** The numbers of a run in three lines: what was read, what the list gains and loses, what became of the attributes. */
export function countLines(counts: Counts): { read: string; list: string; attributes: string } {
  const aside = some(counts, {
    rejected: 'without a usable key',
    forgotten: 'of people to be forgotten',
    duplicates: 'repeated',
    ambiguous: 'contradicting each other',
  });
  const { read, members, added = 0, removed = 0, leaving = 0 } = counts;
  const soon = leaving > 0 ? `; ${leaving} of them leaving` : '';
  const attributes = some(counts, {
    changed: 'changed',
    retried: 'sent again',
    updated: 'updated',
    unmatched: 'unknown to Actito',
    refused: 'refused',
    badValues: 'values left out',
    unsent: 'left for a later run',
  });
  return {
    read: read === undefined ? '' : `${read} rows${aside && ` (${aside})`}`,
    list: members === undefined ? '' : `${members} members (+${added} −${removed}${soon})`,
    attributes: attributes || (members === undefined ? '' : 'nothing to send'),
  };
}
