import { ownerOf, entitiesBody, type ProfileTable } from '../../actito/contract.ts';
import { readLists } from '../../actito/lists/read.ts';
import { readProfileTable } from '../../actito/structure/table.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import { Failure } from '../../contract/failure.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { notTried, probe, type Probed } from './probe.ts';

/** Names that are shown of many. */
const MOST_NAMES = 10;

/** Does Actito take the API key, and show it the entity? */
export function probeKey(deps: Dependencies, id: string, destination: Destination): Promise<Probed> {
  const { apiKey, entity } = destination;
  return probe({
    name: `Actito key of ${id}`,
    advice: `Check ${apiKey.env} where the worker runs, environment (or baseUrl) and entity in destinations/${id}.yaml, and the key's rights in Actito.`,
    look: async (signal) => {
      const { client } = connectActito(deps, destination, signal);
      await client.renewToken();
      const { entities } = await client.call({ route: 'entities' }, entitiesBody);
      const names = entities.map(({ name }) => name);
      if (names.includes(entity)) return { detail: `accepted, and may see the entity ${entity}` };
      const shown = names.slice(0, MOST_NAMES).join(', ') || 'none';
      throw new Failure(
        'ConfigurationInvalid',
        `Actito shows this key no entity ${entity}; it shows ${shown}${names.length > MOST_NAMES ? ' and more' : ''}.`,
      );
    },
  });
}

/** May the key see the profile table? */
export function probeTable(
  deps: Dependencies,
  id: string,
  destination: Destination,
): Promise<Probed<ProfileTable>> {
  return probe({
    name: `profile table of ${id}`,
    advice: `Check profileTable in destinations/${id}.yaml, and that the key may read the structure of profile tables.`,
    look: async (signal) => {
      const { client } = connectActito(deps, destination, signal);
      const found = await readProfileTable(client, destination.entity, destination.profileTable);
      return { detail: `${found.name} (id ${found.id}), with ${found.attributes.length} attributes`, found };
    },
  });
}

/** Can the lists be read? Only asked where actito-sync makes them itself. */
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
    advice: `Where lists cannot be read, a marketer makes them: list.provision: existing. Otherwise contract.paths.lists in destinations/${id}.yaml says where they are.`,
    look: async (signal) => {
      const { client } = connectActito(deps, destination, signal);
      const lists = await readLists(client, place);
      const ours = lists.filter((list) => ownerOf(list) !== null).length;
      return { detail: `readable; ${lists.length} there, ${ours} of them made by actito-sync` };
    },
  });
}
