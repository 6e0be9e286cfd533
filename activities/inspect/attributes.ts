import { describeAttributes, type DescribedAttribute } from '../../actito/structure/describe.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { cancellation } from '../progress.ts';
import { findDestination, MOST_ROWS } from './destination.ts';

/** What `attributes <destination>` shows; `more`: so many were left out. */
export interface InspectedAttributes {
  what: 'attributes';
  destination: string;
  profileTable: string;
  attributes: DescribedAttribute[];
  more: number;
}

/** Reads the attributes of a destination's profile table, and which activations write them. */
export async function inspectAttributes(deps: Dependencies, id: string): Promise<InspectedAttributes> {
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
