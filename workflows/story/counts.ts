import { COUNT_NAMES, type CountName, type Counts } from '../../contract/counts.ts';
import { counted } from '../../contract/messages/words.ts';

/** Returns the counts in the order of the steps of a run; the state stores them without an order. */
export function inOrder(counts: Counts): Counts {
  const known = COUNT_NAMES.filter((name) => counts[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, counts[name]]));
}

/** Formats counts as `3 name, 4 other`, without counts that are zero or missing. */
function some(counts: Counts, names: Partial<Record<CountName, string>>): string {
  return (Object.keys(names) as CountName[])
    .filter((name) => counts[name])
    .map((name) => `${counts[name]} ${names[name]}`)
    .join(', ');
}

/** Describes the numbers of a run in three lines: rows read, changes of the list, results of the attributes. */
export function countLines(counts: Counts): { read: string; list: string; attributes: string } {
  const aside = some(counts, {
    rejected: 'rejected',
    forgotten: 'of forgotten people',
    duplicates: 'duplicate',
    ambiguous: 'ambiguous',
  });
  const { read, members, added = 0, removed = 0 } = counts;
  const special = some(counts, { leaving: 'in their grace period', waiting: 'waiting for a profile' });
  const soon = special && `; ${special}`;
  const attributes = some(counts, {
    changed: 'changed',
    retried: 'retried',
    updated: 'updated',
    unmatched: 'unmatched',
    refused: 'rejected by Actito',
    badValues: 'rejected values',
    unsent: 'deferred to a later run',
  });
  return {
    read: read === undefined ? '' : `${counted(read, 'row')}${aside && ` (${aside})`}`,
    list: members === undefined ? '' : `${counted(members, 'member')} (+${added} −${removed}${soon})`,
    attributes: attributes || (members === undefined ? '' : 'nothing to send'),
  };
}
