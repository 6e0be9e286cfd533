import { describeAttributes } from '../../actito/structure/describe.ts';
import type { AttributesResult } from '../../contract/inspect.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { cancellation } from '../progress.ts';
import { findDestination, MOST_ROWS } from './destination.ts';

/** Reads the attributes of a destination's profile table, and which activations send them. */
export async function inspectAttributes(deps: Dependencies, id: string): Promise<AttributesResult> {
  const { destination, activations } = await findDestination(deps, id);
  const { client } = connectActito(deps, destination, cancellation());
  const table = await readProfileTable(client, destination.entity, destination.profileTable);
  const all = describeAttributes(table, activations);
  return {
    what: 'attributes',
    destination: id,
    profileTable: table.name,
    attributes: all.slice(0, MOST_ROWS),
    more: Math.max(0, all.length - MOST_ROWS),
  };
}
