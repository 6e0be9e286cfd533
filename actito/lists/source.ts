import { Failure } from '../../contract/failure.ts';
import type { Delivery } from '../../activation/definition/delivery.ts';
import type { ActitoClient } from '../api/client.ts';
import { createdBody, FILE, locationsBody, synchronizationsBody } from '../contract.ts';

/** Where Actito reads a list's file. */
export interface ListSource {
  /** File names by the synchronizations that read them. */
  files: ReadonlyMap<string, string>;
  /** Returns the id of our file's synchronization; creates it if it does not exist. */
  provide: () => Promise<string>;
}

/**
 * Finds the file transfer location of a delivery, and its file synchronizations. Creates nothing yet.
 * @param host the delivery's host as resolved from the environment
 */
export async function findSource(
  client: ActitoClient,
  entity: string,
  { delivery, host, fileName }: { delivery: Delivery; host: string; fileName: string },
): Promise<ListSource> {
  const location = await findLocation(client, entity, delivery, host);
  const parts = { entity };
  const { fileSynchronizations } = await client.call(
    { route: 'synchronizations', parts },
    synchronizationsBody,
  );
  const files = new Map(fileSynchronizations.map((each) => [each.id, each.fileName]));
  const found = fileSynchronizations.find(
    (candidate) => candidate.fileName === fileName && candidate.fileTransferLocationId === location,
  );
  if (found) return { files, provide: async () => found.id };
  const json = {
    name: freeName(
      fileName.replace(/\.\w+$/, ''),
      fileSynchronizations.map((each) => each.name),
    ),
    fileTransferLocationId: location,
    fileName,
    separator: FILE.separator,
    encoding: 'UTF-8',
  };
  const create = () => client.call({ method: 'POST', route: 'synchronizations', parts, json }, createdBody);
  return { files, provide: async () => (await create()).id };
}

/** The name is for people. Another location may have a synchronization with a file of this name. */
function freeName(wanted: string, taken: string[]): string {
  let name = wanted;
  for (let count = 2; taken.includes(name); count++) name = `${wanted} (${count})`;
  return name;
}

async function findLocation(
  client: ActitoClient,
  entity: string,
  delivery: Delivery,
  host: string,
): Promise<string> {
  const { fileTransferLocations: all } = await client.call(
    { route: 'locations', parts: { entity } },
    locationsBody,
  );
  const matches = all.filter((location) =>
    delivery.location ? location.name === delivery.location : isSamePlace(location, host, delivery.directory),
  );
  const [only] = matches.length === 0 && !delivery.location && all.length === 1 ? all : matches;
  if (!only || matches.length > 1) {
    throw new Failure('fileLocationUnclear', {
      wanted: delivery.location ?? `${host} ${delivery.directory}`,
      found: matches.length,
      locations: all.map(({ name }) => name),
    });
  }
  return only.id;
}

function isSamePlace(
  location: { host?: string | null; directory?: string | null },
  host: string,
  directory: string,
) {
  const trim = (path: string | null | undefined) => (path ?? '').replace(/^\/+|\/+$/g, '');
  return location.host === host && trim(location.directory) === trim(directory);
}
