import { describeLists, type DescribedList } from '../../actito/lists/describe.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { cancellation } from '../progress.ts';
import { findDestination, MOST_ROWS } from './destination.ts';

/** What `lists <destination>` shows; `more`: so many were left out. */
export interface InspectedLists {
  what: 'lists';
  destination: string;
  lists: DescribedList[];
  more: number;
}

/** Reads the external target lists of a destination's profile table, and who made them. */
export async function inspectLists(deps: Dependencies, id: string): Promise<InspectedLists> {
  const { destination, activations } = await findDestination(deps, id);
  const { entity, profileTable } = destination;
  const { client } = connectActito(deps, destination, cancellation());
  const table = await readProfileTable(client, entity, profileTable);
  const ids = activations.map((activation) => activation.id);
  const all = await describeLists(client, { entity, table: table.id }, ids);
  return {
    what: 'lists',
    destination: id,
    lists: all.slice(0, MOST_ROWS),
    more: Math.max(0, all.length - MOST_ROWS),
  };
}
