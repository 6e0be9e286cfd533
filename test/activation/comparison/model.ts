import { hasher, identifierMark, keyMark, type Seeds } from '../../../activation/comparison/marks.ts';
import { FLAG } from '../../../activation/comparison/slots.ts';
import { hasOwnIdentifier, type Definition } from '../../../activation/definition/definition.ts';
import { canonicalKey } from '../../../activation/keys/canonical.ts';
import { attributeMark, copyField, type Compared, type DeltaRow, type Member, type Row } from './support.ts';

export interface ModelOptions {
  seeds: Seeds;
  wide: boolean;
  resync: boolean;
  grace: boolean;
  forgotten?: ReadonlySet<string>;
}

/** A row whose key can be used: canonical texts. */
interface Sight {
  key: string;
  identifier: string;
  values: (string | null)[];
}

/**
 * The result of a comparison, as the design defines it (the issue of the second core, chapters 1 and 2): all
 * rows of a key are compared together, so their order has no effect. Rows that contradict each other are one
 * row here.
 */
export function model(
  definition: Definition,
  rows: readonly Row[],
  members: readonly Member[],
  options: ModelOptions,
): Omit<Compared, 'rejects'> {
  const { matchingKey, attributes } = definition.activation;
  const { seeds, wide, resync, grace, forgotten = new Set() } = options;
  const own = hasOwnIdentifier(definition.activation);
  const listed = members.filter(({ flags }) => !(flags & FLAG.UNLISTED));
  const listedAs = ({ key, identifier }: Pick<Member, 'key' | 'identifier'>) =>
    identifierMark(wide ? identifier : key, seeds.key);
  const counts = {
    read: rows.length,
    rejected: 0,
    forgotten: 0,
    duplicates: 0,
    ambiguous: 0,
    waiting: 0,
    listed: listed.length,
  };
  const delta: DeltaRow[] = [];

  const sights = new Map<string, Sight[]>();
  for (const { key, identifier = null, values } of rows) {
    const canonical = canonicalKey(matchingKey, key);
    const its = own ? canonicalKey({ type: 'externalId' }, identifier) : canonical;
    if (!('key' in canonical && 'key' in its)) counts.rejected++;
    else {
      const sight = { key: canonical.key, identifier: its.key, values };
      sights.set(sight.key, [...(sights.get(sight.key) ?? []), sight]);
    }
  }
  const known = new Map(members.map((member) => [member.key, member]));

  function membershipOf(sight: Sight): string | null {
    const member = known.get(sight.key);
    if (!member || member.flags & FLAG.UNLISTED) return 'added';
    if (wide && member.identifier !== sight.identifier) return 'reidentified';
    return member.flags & FLAG.MISSING ? 'returned' : null;
  }

  function sendingOf({ key, values }: Sight): string | null {
    const member = known.get(key);
    if (attributes.length === 0) return null;
    if (!member || member.flags & FLAG.DOUBT) return 'fresh';
    if (JSON.stringify(member.values) !== JSON.stringify(values)) return 'changed';
    if (resync) return 'resent';
    return member.flags & FLAG.RETRY ? 'retry' : null;
  }

  function tell(sight: Sight, membership: string | null, attributesSent: string | null): void {
    if (membership === null && attributesSent === null) return;
    const member = known.get(sight.key);
    const sends = attributesSent !== null;
    delta.push({
      mark: keyMark(sight.key, seeds.key).replaceAll('-', ''),
      attribute_mark: sends ? String(attributeMark(sight.values, seeds)) : null,
      identifier_mark: identifierMark(sight.identifier, seeds.key),
      former_mark: membership === 'reidentified' ? listedAs(member!) : null,
      bytes: sends ? 'some' : null,
      known: member ? 't' : 'f',
      membership,
      attributes: attributesSent,
      pattern: sends ? patternOf(definition, sight.values) : null,
      key: sight.key,
      identifier: own ? sight.identifier : null,
      hashes: sends ? hashesOf(sight.values, seeds) : null,
      values: sight.values.map((value) => (sends ? value : null)),
    });
  }

  const seen = new Set<string>();
  for (const [key, all] of sights) {
    const usable = all.filter((sight) => {
      const isWritten = membershipOf(sight) !== null || sendingOf(sight) !== null;
      const isOut = isWritten && (forgotten.has(key) || (own && forgotten.has(sight.identifier)));
      if (isOut) counts.forgotten++;
      return !isOut;
    });
    if (usable.length === 0) continue;
    seen.add(key);
    counts.duplicates += usable.length - 1;
    const one = usable.toSorted((a, b) =>
      Buffer.compare(Buffer.from(a.identifier), Buffer.from(b.identifier)),
    )[0]!;
    const isAmbiguous = new Set(usable.map((sight) => JSON.stringify(sight))).size > 1;
    if (isAmbiguous) counts.ambiguous++;
    tell(one, membershipOf(one), isAmbiguous ? null : sendingOf(one));
  }

  for (const member of members) {
    if (seen.has(member.key)) continue;
    const isRemoved = !(member.flags & FLAG.UNLISTED) && (!grace || (member.flags & FLAG.OVER) !== 0);
    const membership = member.flags & FLAG.UNLISTED ? 'erased' : isRemoved ? 'removed' : 'leaving';
    delta.push({
      ...bare(keyMark(member.key, seeds.key).replaceAll('-', ''), attributes.length),
      former_mark: isRemoved ? listedAs(member) : null,
      membership,
    });
  }
  const listedSum = listed.reduce((sum, member) => sum + BigInt(listedAs(member)), 0n);
  return { delta, counts, listedSum: BigInt.asUintN(64, listedSum) };
}

function bare(mark: string, attributes: number): DeltaRow {
  const nothing = { attribute_mark: null, identifier_mark: null, former_mark: null, bytes: null };
  const none = { attributes: null, pattern: null, key: null, identifier: null, hashes: null };
  return {
    mark,
    ...nothing,
    known: 't',
    membership: null,
    ...none,
    values: Array<null>(attributes).fill(null),
  };
}

function patternOf({ activation, destination }: Definition, values: (string | null)[]): string {
  const isOut = (value: string | null, index: number) =>
    activation.attributes[index]!.nulls === 'keep' &&
    destination.contract.emptyValue === 'clears' &&
    /^ *$/.test(value ?? '');
  return values.map((value, index) => (isOut(value, index) ? '1' : '0')).join('');
}

function hashesOf(values: (string | null)[], { each }: Seeds): string {
  const hashes = values.map((value, index) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(hasher.h64Raw(Buffer.from(copyField(value)), each[index]));
    return bytes.toString('hex');
  });
  return `\\x${hashes.join('')}`;
}

/**
 * What state/delta/resolve.ts does in SQL: it makes one row of all rows of a key that contradict each other.
 * A first row without a difference was not written, so the known identifier counts as well.
 */
export function resolved(
  delta: readonly DeltaRow[],
  members: readonly Member[],
  definition: Definition,
  { seeds, wide }: ModelOptions,
): DeltaRow[] {
  const own = hasOwnIdentifier(definition.activation);
  const ambiguous = new Set(delta.filter((row) => row.membership === 'ambiguous').map(({ mark }) => mark));
  const rest = delta.filter(({ mark }) => !ambiguous.has(mark));
  for (const mark of ambiguous) {
    const member = members.find(({ key }) => keyMark(key, seeds.key).replaceAll('-', '') === mark);
    const seen = delta.filter((row) => row.mark === mark && row.membership !== 'ambiguous');
    const candidates = seen.map(({ key, identifier }) => ({ key: key!, identifier: identifier ?? key! }));
    if (member && seen.every(({ membership }) => membership === 'sight')) candidates.push(member);
    const chosen = candidates.toSorted((a, b) =>
      Buffer.compare(Buffer.from(a.identifier), Buffer.from(b.identifier)),
    )[0]!;
    const isListed = member && !(member.flags & FLAG.UNLISTED);
    const isRenamed = wide && member?.identifier !== chosen.identifier;
    const stays = member && member.flags & FLAG.MISSING ? 'returned' : null;
    const membership = !isListed ? 'added' : isRenamed ? 'reidentified' : stays;
    if (membership === null) continue;
    rest.push({
      ...bare(mark!, definition.activation.attributes.length),
      identifier_mark: identifierMark(chosen.identifier, seeds.key),
      former_mark: membership === 'reidentified' ? identifierMark(member!.identifier, seeds.key) : null,
      known: member ? 't' : 'f',
      membership,
      key: chosen.key,
      identifier: own ? chosen.identifier : null,
    });
  }
  return rest;
}
