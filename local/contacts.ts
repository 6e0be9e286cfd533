import pg from 'pg';
import type { Activation } from '../activation/definition/definition.ts';
import { canonicalKey } from '../activation/keys/canonical.ts';
import type { Project } from '../config/project.ts';
import type { Simulator } from '../simulator/start.ts';
import type { Warehouse } from './warehouses.ts';

/** Members of a segment that become contacts, at most. */
const MOST = 10_000;
/** Every so many members are unknown to Actito, as in life. */
const UNKNOWN = 12;

/** Makes contacts for the members that the segments of a destination have now. @returns what came of it, for people */
export async function seedContacts(
  destination: string,
  simulator: Simulator,
  { activations }: Project,
  warehouses: readonly Warehouse[],
): Promise<string> {
  const known = new Set<string>();
  const unread: string[] = [];
  for (const activation of [...activations.values()].filter((each) => each.destination === destination)) {
    const warehouse = warehouses.find(({ source }) => source === activation.source)!;
    const { matchingKey } = activation;
    if (matchingKey.attribute === 'profileId') continue; // Actito gives those itself
    const keys = await keysOf(activation, warehouse.url).catch(() => {
      unread.push(activation.id);
      return [] as Key[];
    });
    for (const { key, isDecimal } of keys) {
      const found = canonicalKey({ ...matchingKey, kind: isDecimal ? 'decimal' : 'text' }, key);
      if (!('key' in found) || known.has(`${matchingKey.attribute} ${found.key}`)) continue;
      known.add(`${matchingKey.attribute} ${found.key}`);
      const contact = {
        emailAddress: `contact${known.size}@dev.example`,
        [matchingKey.attribute]: found.key,
      };
      await simulator.seedContacts([contact]).catch(() => undefined); // a key that Actito refuses is no contact
    }
  }
  const why = unread.length > 0 ? ` (cannot be read yet: ${unread.join(', ')})` : '';
  return `Simulated Actito of ${destination}: ${simulator.contactCount()} contacts${why}`;
}

interface Key {
  key: string;
  /** A decimal key is the whole number that it is. */
  isDecimal: boolean;
}

async function keysOf({ segment, matchingKey }: Activation, connectionString: string): Promise<Key[]> {
  const from = segment.table ?? `(${segment.query!.replace(/;\s*$/, '')}\n) as segment`;
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const column = pg.escapeIdentifier(matchingKey.column);
    const { rows } = await client.query<Key>(
      `select key, "isDecimal"
       from (select distinct ${column}::text as key, pg_typeof(${column}) = 'numeric'::regtype as "isDecimal" from ${from}) keys
       where abs(hashtext(key)) % ${UNKNOWN} <> 0 order by key limit ${MOST}`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
