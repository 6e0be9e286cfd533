import { Failure } from '../activation/failures.ts';
import type { Definition } from '../activation/definition/definition.ts';
import type { ActitoClient } from './api/client.ts';
import {
  createdBody,
  FILE,
  listBody,
  listsBody,
  locationsBody,
  ownerMarker,
  synchronizationsBody,
  type ExternalTargetList,
} from './contract.ts';

const HOUR = 3_600_000;

/** Where a list lives in Actito. */
export interface ListPlace {
  entity: string;
  table: string;
}

/**
 * Finds or creates the external target list of an activation, with the file synchronization that feeds it. A list
 * of the same name that is not ours is refused, unless the activation says `adopt`.
 * @returns its id; `retrieved`: it has ever retrieved a file
 * @param host the delivery's host as resolved from the environment, to find the file transfer location by
 */
export async function provisionList(
  client: ActitoClient,
  place: ListPlace,
  { activation, destination }: Definition,
  host: string,
): Promise<{ id: string; created: boolean; retrieved: boolean }> {
  const parts = { ...place };
  const { list } = activation;
  const { externalTargetLists } = await client.call({ route: 'lists', parts }, listsBody);
  const found = externalTargetLists.find((candidate) => candidate.name === list.name);
  if (found && !isOurs(found, activation.id) && !list.adopt) {
    throw new Failure(
      'ListConflict',
      `Actito has a list named "${list.name}" that activation ${activation.id} does not own. Choose another ` +
        'list.name, or take it over with list.adopt: true (its content will be replaced).',
    );
  }
  const location = await findLocation(client, place.entity, destination.delivery, host);
  const synchronization = await provisionSynchronization(client, place.entity, list.fileName, location);
  const wanted = {
    name: list.name,
    description: describe(activation.description, activation.id),
    fileSynchronizationId: synchronization,
    identifierAttribute: list.identifier.attribute,
    validityHours: Math.max(1, Math.round(list.validity / HOUR)),
  };
  if (!found) {
    const created = await client.call({ method: 'POST', route: 'lists', parts, json: wanted }, createdBody);
    return { id: created.id, created: true, retrieved: false };
  }
  const differs = Object.entries(wanted).some(([field, value]) => found[field] !== value);
  if (differs) {
    await client.call(
      { method: 'PUT', route: 'list', parts: { ...parts, list: found.id }, json: wanted },
      listBody,
    );
  }
  return { id: found.id, created: false, retrieved: found.lastRetrievedFile != null };
}

/** Reads a list: how many profiles it targets, which file it last retrieved, when it expires. */
export async function readList(
  client: ActitoClient,
  place: ListPlace,
  id: string,
): Promise<ExternalTargetList> {
  return client.call({ route: 'list', parts: { ...place, list: id } }, listBody);
}

function isOurs(list: ExternalTargetList, activation: string): boolean {
  return list.description?.includes(ownerMarker(activation)) ?? false;
}

function describe(description: string | undefined, activation: string): string {
  return description ? `${description} ${ownerMarker(activation)}` : ownerMarker(activation);
}

async function findLocation(
  client: ActitoClient,
  entity: string,
  delivery: Definition['destination']['delivery'],
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
    throw new Failure(
      'ConfigurationInvalid',
      `Actito has ${matches.length === 0 ? 'no' : 'several'} file transfer locations for ` +
        `${delivery.location ?? `${host} ${delivery.directory}`}; it has ${all.map((l) => l.name).join(', ') || 'none'}. ` +
        "Name the right one in the destination's delivery.location.",
    );
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

async function provisionSynchronization(
  client: ActitoClient,
  entity: string,
  fileName: string,
  location: string,
): Promise<string> {
  const parts = { entity };
  const { fileSynchronizations } = await client.call(
    { route: 'synchronizations', parts },
    synchronizationsBody,
  );
  const found = fileSynchronizations.find(
    (candidate) => candidate.fileName === fileName && candidate.fileTransferLocationId === location,
  );
  if (found) return found.id;
  const json = {
    name: fileName.replace(/\.\w+$/, ''),
    fileTransferLocationId: location,
    fileName,
    separator: FILE.separator,
    encoding: 'UTF-8',
  };
  return (await client.call({ method: 'POST', route: 'synchronizations', parts, json }, createdBody)).id;
}
