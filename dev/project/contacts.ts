import { createHash } from 'node:crypto';
import type { Activation } from '../../activation/definition/definition.ts';
import type { Source } from '../../activation/definition/source.ts';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import type { ColumnKind } from '../../activation/values/kinds.ts';
import { counted } from '../../contract/messages/words.ts';
import type { Project } from '../../config/project.ts';
import type { Simulator } from '../../simulator/start.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from './warehouses.ts';

/** Members of a segment that become contacts, at most. */
const MOST = 10_000;
/** Every so many members are unknown to Actito, as in life. */
const UNKNOWN = 12;

/** Makes contacts for the members that the segments of a destination have now. @returns what came of it, for people */
export async function seedContacts(
  destination: string,
  simulator: Simulator,
  { activations, sources }: Project,
  warehouses: readonly Warehouse[],
): Promise<string> {
  const known = new Set<string>();
  const unread: string[] = [];
  for (const activation of [...activations.values()].filter((each) => each.destination === destination)) {
    const warehouse = warehouses.find(({ source }) => source === activation.source)!;
    const { matchingKey } = activation;
    if (matchingKey.attribute === 'profileId') continue; // Actito gives those itself
    const { kind, keys } = await keysOf(activation, sources.get(activation.source)!, warehouse).catch(() => {
      unread.push(activation.id);
      return { kind: 'text' as const, keys: [] };
    });
    for (const key of keys) {
      const found = canonicalKey({ ...matchingKey, kind }, key);
      if (!('key' in found) || known.has(`${matchingKey.attribute} ${found.key}`)) continue;
      known.add(`${matchingKey.attribute} ${found.key}`);
      const contact = {
        emailAddress: `contact${known.size}@dev.example`,
        [matchingKey.attribute]: found.key,
      };
      await simulator.seedContacts([contact]).catch(() => undefined); // a key that Actito refuses is no contact
    }
  }
  const why = unread.length > 0 ? ` (segments that cannot be read yet: ${unread.join(', ')})` : '';
  return `Simulated Actito for ${destination}: ${counted(simulator.contactCount(), 'contact')}${why}`;
}

/**
 * The distinct keys of some members, read as a run reads them: by the warehouse's driver, in a transaction in which nothing can
 * be written, and by one statement.
 */
async function keysOf(
  { segment, matchingKey }: Activation,
  source: Source,
  { variable, url }: Warehouse,
): Promise<{ kind: ColumnKind; keys: Iterable<string> }> {
  const signal = AbortSignal.timeout(source.statementTimeout);
  const warehouse = await openWarehouse(source, { [variable]: url });
  try {
    const { columns, batches } = await warehouse.read({ segment, columns: [matchingKey.column], signal });
    const keys = new Set<string>();
    for await (const batch of batches) {
      for (const line of batch.toString('utf8').split('\n').slice(0, -1)) {
        const key = unescapeCopy(line);
        if (key !== null && isKnown(key)) keys.add(key);
        if (keys.size >= MOST) return { kind: columns[0]!.kind, keys };
      }
    }
    return { kind: columns[0]!.kind, keys };
  } finally {
    await warehouse.close();
  }
}

/** The same ones each time. */
function isKnown(key: string): boolean {
  return createHash('sha256').update(key).digest().readUInt32BE() % UNKNOWN !== 0;
}
