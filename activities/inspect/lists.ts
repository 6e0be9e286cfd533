import { describeLists } from '../../actito/lists/describe.ts';
import type { ListsResult } from '../../contract/inspect.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { cancellation } from '../progress.ts';
import { findDestination, MOST_ROWS } from './destination.ts';

/** Reads the external target lists of a destination's profile table, and who created them. */
export async function inspectLists(deps: Dependencies, id: string): Promise<ListsResult> {
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
