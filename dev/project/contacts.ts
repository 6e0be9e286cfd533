import { createHash } from 'node:crypto';
import type { Activation } from '../../activation/definition/definition.ts';
import type { Source } from '../../activation/definition/source.ts';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { isFailure } from '../../contract/failure.ts';
import { counted } from '../../contract/messages/words.ts';
import type { Project } from '../../config/project.ts';
import type { Simulator } from '../../simulator/start.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from './warehouses.ts';

/** The maximum number of members of a segment that become contacts. */
const MOST = 10_000;
/** One in this many members has no profile in Actito, as in practice. */
const UNKNOWN = 12;

/** The matching key of an activation, and its column in a segment. */
interface KeyColumn {
  rule: Activation['matchingKey'];
  column: string;
}

/**
 * Creates contacts for the current members of a destination's segments. If a segment maps an attribute that is the
 * matching key of another activation, its contacts also have that key.
 * @returns a summary for people
 */
export async function seedContacts(
  destination: string,
  simulator: Simulator,
  { activations, sources, folder }: Project,
  warehouses: readonly Warehouse[],
): Promise<string> {
  const own = [...activations.values()].filter((each) => each.destination === destination);
  const known = new Set<string>();
  const unread = new Map<string, string>();
  for (const activation of own) {
    const warehouse = warehouses.find(({ source }) => source === activation.source);
    const columns = keyColumns(activation, own);
    if (columns.length === 0) continue;
    const env = warehouse ? { [warehouse.variable]: warehouse.url } : process.env;
    const place = { source: sources.get(activation.source)!, env, folder };
    const members = await keysOf(activation, columns, place).catch((error: Error) => {
      unread.set(activation.id, isFailure(error) ? error.message : error.name);
      return [];
    });
    for (const keys of members) {
      const free = [...keys].filter(([attribute, key]) => !known.has(`${attribute} ${key}`));
      if (free[0]?.[0] !== columns[0]!.rule.attribute) continue; // another segment has made this contact
      for (const [attribute, key] of free) known.add(`${attribute} ${key}`);
      const contact = { emailAddress: `contact${known.size}@dev.example`, ...Object.fromEntries(free) };
      await simulator.seedContacts([contact]).catch(() => undefined); // skips keys that Actito would reject
    }
  }
  const why = unread.size > 0 ? ` (segments that cannot be read yet: ${[...unread.keys()].join(', ')})` : '';
  const reasons = [...unread].map(([id, reason]) => `\n  ${id}: ${reason}`);
  return `Simulated Actito for ${destination}: ${counted(simulator.contactCount(), 'contact')}${why}${reasons.join('')}`;
}

/** Returns the segment's columns with matching keys of activations, its own first; none if Actito generates the key. */
function keyColumns({ matchingKey, attributes }: Activation, all: readonly Activation[]): KeyColumn[] {
  if (matchingKey.attribute === 'profileId') return [];
  const others = all.flatMap(({ matchingKey: rule }) => {
    const mapping = attributes.find(({ attribute }) => attribute === rule.attribute);
    return mapping && rule.attribute !== matchingKey.attribute ? [{ rule, column: mapping.column }] : [];
  });
  const columns = [{ rule: matchingKey, column: matchingKey.column }, ...others];
  return columns.filter(({ column }, at) => columns.findIndex((each) => each.column === column) === at);
}

/**
 * Reads the keys of some members by attribute. Like a run, it uses the warehouse's driver, a read-only transaction and
 * a single statement.
 */
async function keysOf(
  { segment }: Activation,
  keys: readonly KeyColumn[],
  { source, env, folder }: { source: Source; env: NodeJS.ProcessEnv; folder: string },
): Promise<Map<string, string>[]> {
  const signal = AbortSignal.timeout(source.statementTimeout);
  const warehouse = await openWarehouse(source, env, { activation: 'dev' }, folder);
  try {
    const names = keys.map(({ column }) => column);
    const { columns, batches } = await warehouse.read({ segment, columns: names, signal });
    const members = new Map<string, Map<string, string>>();
    for await (const batch of batches) {
      for (const line of batch.toString('utf8').split('\n').slice(0, -1)) {
        const found = keys.flatMap(({ rule }, at): [string, string][] => {
          const text = unescapeCopy(line.split('\t')[at]!);
          const canonical =
            text === null ? undefined : canonicalKey({ ...rule, kind: columns[at]!.kind }, text);
          return canonical && 'key' in canonical ? [[rule.attribute, canonical.key]] : [];
        });
        const [first] = found;
        if (first?.[0] === keys[0]!.rule.attribute && isKnown(first[1]))
          members.set(first[1], new Map(found));
        if (members.size >= MOST) return [...members.values()];
      }
    }
    return [...members.values()];
  } finally {
    await warehouse.close();
  }
}

/** Uses a hash, so that each start chooses the same members. */
function isKnown(key: string): boolean {
  return createHash('sha256').update(key).digest().readUInt32BE() % UNKNOWN !== 0;
}
