import { profileTableOf, type Activation } from '../activation/definition/definition.ts';
import type { Destination } from '../activation/definition/destination.ts';
import { alike } from '../activation/definition/list-names.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';

/** A problem between two activations, reported for the later one. */
export interface Collision {
  activations: [string, string];
  problem: Problem;
}

/**
 * Two activations must not use the same list or file, because each delivery would undo the other's. Names that differ
 * only in case, accents or blanks may be equal for Actito and its database, or for the file server.
 */
export function checkCollisions(
  activations: readonly Loaded<Activation>[],
  destinations: ReadonlyMap<string, Destination>,
): Collision[] {
  const lists = new Map<string, Loaded<Activation>>();
  const files = new Map<string, Loaded<Activation>>();
  return activations.flatMap((activation) => {
    const { list, destination } = activation.value;
    const sameList = taken(lists, listPlace(destination, destinations, list.name), activation);
    if (sameList) {
      const { name } = sameList.value.list;
      const facts = { list: list.name, by: sameList.file.name, ...(name === list.name ? {} : { as: name }) };
      return [
        between(sameList, activation, problemAt(activation.file, ['list', 'name'], 'listFedTwice', facts)),
      ];
    }
    const sameFile = taken(files, filePlace(destination, destinations, list.fileName), activation);
    if (sameFile) {
      const { fileName } = sameFile.value.list;
      const other = fileName === list.fileName ? {} : { as: fileName };
      const facts = { file: list.fileName, by: sameFile.file.name, ...other };
      const problem = problemAt(activation.file, ['list', 'fileName'], 'fileWrittenTwice', facts);
      return [between(sameFile, activation, problem)];
    }
    return [];
  });
}

function between({ id }: Loaded<unknown>, { id: other }: Loaded<unknown>, problem: Problem): Collision {
  return { activations: [id, other], problem };
}

/** Returns the earlier owner of a place; if there is none, the activation becomes its owner. */
function taken(
  owners: Map<string, Loaded<Activation>>,
  place: string,
  activation: Loaded<Activation>,
): Loaded<Activation> | undefined {
  const owner = owners.get(place);
  if (!owner) owners.set(place, activation);
  return owner;
}

/** Identifies a list. Two destinations may have the same profile table. */
function listPlace(id: string, destinations: ReadonlyMap<string, Destination>, name: string): string {
  const destination = destinations.get(id);
  return JSON.stringify([destination ? profileTableOf(destination) : id, alike(name)]);
}

/** Identifies a file. Two destinations may share a folder; another user name may mean another folder. */
function filePlace(id: string, destinations: ReadonlyMap<string, Destination>, fileName: string): string {
  const delivery = destinations.get(id)?.delivery;
  const folder = delivery
    ? [hostOf(delivery), delivery.port, delivery.username, delivery.directory.replace(/\/+$/, '')]
    : id;
  return JSON.stringify([folder, alike(fileName)]);
}

function hostOf({ host }: Destination['delivery']): unknown {
  return typeof host === 'string' ? host.toLowerCase() : host;
}
