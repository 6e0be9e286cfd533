import type { ActitoClient } from '../api/client.ts';
import { listBody, listsBody, type ExternalTargetList } from '../contract.ts';

/** The location of a list in Actito. */
export interface ListPlace {
  entity: string;
  table: string;
}

/** Reads a list: its number of profiles, the file that it last retrieved, its expiry. */
export async function readList(
  client: ActitoClient,
  place: ListPlace,
  id: string,
): Promise<ExternalTargetList> {
  return client.call({ route: 'list', parts: { ...place, list: id } }, listBody);
}

/** Reads all lists of a profile table. */
export async function readLists(client: ActitoClient, place: ListPlace): Promise<ExternalTargetList[]> {
  const { externalTargetLists } = await client.call({ route: 'lists', parts: { ...place } }, listsBody);
  return externalTargetLists;
}
