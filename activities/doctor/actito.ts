import { entitiesBody, type ProfileTable } from '../../actito/contract.ts';
import { ownerOf } from '../../actito/lists/marker.ts';
import { readLists } from '../../actito/lists/read.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import { Failure } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { notTried, probe, type Probed } from './probe.ts';

/** The maximum number of names that are shown. */
const MOST_NAMES = 10;

/** Checks whether Actito accepts the API key, and whether the key can see the entity. */
export function probeKey(deps: Dependencies, id: string, destination: Destination): Promise<Probed> {
  const { apiKey, entity } = destination;
  return probe({
    name: `Actito key of ${id}`,
    advice: tell('adviseKey', { variable: apiKey.env, destination: id }),
    look: async (signal) => {
      const { client } = connectActito(deps, destination, signal);
      await client.renewToken();
      const { entities } = await client.call({ route: 'entities' }, entitiesBody);
      const names = entities.map(({ name }) => name);
      const through = client.proxy === undefined ? [] : [tell('proxyUsed', { proxy: client.proxy })];
      if (names.includes(entity)) return { says: [tell('keyAccepted', { entity }), ...through] };
      const shown = names.slice(0, MOST_NAMES);
      throw new Failure('entityNotShown', { entity, shown, more: names.length > shown.length });
    },
  });
}

/** Checks whether the key can see the profile table. */
export function probeTable(
  deps: Dependencies,
  id: string,
  destination: Destination,
): Promise<Probed<ProfileTable>> {
  return probe({
    name: `profile table of ${id}`,
    advice: tell('adviseTable', { destination: id }),
    look: async (signal) => {
      const { client } = connectActito(deps, destination, signal);
      const found = await readProfileTable(client, destination.entity, destination.profileTable);
      const { name: table, attributes } = found;
      const facts = { table, id: String(found.id), attributes: attributes.length };
      return { says: tell('tableFound', facts), found };
    },
  });
}

/** Checks whether the lists can be read. Used only if actito-sync creates them itself. */
export async function probeLists(
  deps: Dependencies,
  [id, destination]: [string, Destination],
  table: Probed<ProfileTable>,
): Promise<Probed> {
  const name = `lists of ${id}`;
  if (!table.found) return notTried(name, table.probe.name);
  const place = { entity: destination.entity, table: table.found.id };
  return probe({
    name,
    advice: tell('adviseLists', { destination: id }),
    look: async (signal) => {
      const { client } = connectActito(deps, destination, signal);
      const lists = await readLists(client, place);
      const ours = lists.filter((list) => ownerOf(list) !== null).length;
      return { says: tell('listsReadable', { lists: lists.length, ours }) };
    },
  });
}
