import type { Activation } from '../activation/definition/definition.ts';
import type { Destination } from '../activation/definition/destination.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';

/** A problem between two activations, told of the later one. */
export interface Collision {
  activations: [string, string];
  problem: Problem;
}

/** Two activations must not feed one list or one file: each delivery would undo the other's. */
export function checkCollisions(
  activations: readonly Loaded<Activation>[],
  destinations: ReadonlyMap<string, Destination>,
): Collision[] {
  const lists = new Map<string, Loaded<Activation>>();
  const files = new Map<string, Loaded<Activation>>();
  return activations.flatMap((activation) => {
    const { list, destination } = activation.value;
    const sameList = taken(lists, JSON.stringify([destination, list.name]), activation);
    if (sameList) {
      const facts = { list: list.name, by: sameList.file.name };
      return [
        between(sameList, activation, problemAt(activation.file, ['list', 'name'], 'listFedTwice', facts)),
      ];
    }
    const sameFile = taken(files, filePlace(destination, destinations, list.fileName), activation);
    if (sameFile) {
      const facts = { file: list.fileName, by: sameFile.file.name };
      const problem = problemAt(activation.file, ['list', 'fileName'], 'fileWrittenTwice', facts);
      return [between(sameFile, activation, problem)];
    }
    return [];
  });
}

function between({ id }: Loaded<unknown>, { id: other }: Loaded<unknown>, problem: Problem): Collision {
  return { activations: [id, other], problem };
}

/** The earlier owner of a place; without one the activation becomes its owner. */
function taken(
  owners: Map<string, Loaded<Activation>>,
  place: string,
  activation: Loaded<Activation>,
): Loaded<Activation> | undefined {
  const owner = owners.get(place);
  if (!owner) owners.set(place, activation);
  return owner;
}

/** Where a file lands. Two destinations may share a folder; a user name may change what a folder means. */
function filePlace(id: string, destinations: ReadonlyMap<string, Destination>, fileName: string): string {
  const delivery = destinations.get(id)?.delivery;
  const folder = delivery
    ? [delivery.host, delivery.port, delivery.username, delivery.directory.replace(/\/+$/, '')]
    : id;
  return JSON.stringify([folder, fileName]);
}
