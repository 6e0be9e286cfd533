import type { ListPlacePart, PlaceChange } from '../../contract/messages/lists.ts';
import type { TextOrEnv } from './common.ts';
import type { Definition } from './definition.ts';

/** The identity of a list, and the place of its file. */
type ListPlace = Record<ListPlacePart, string>;

/** The identity of a profile table: license, entity and table. Two destinations with the same one share its quota. */
export function profileTableOf({
  environment,
  baseUrl,
  entity,
  profileTable,
}: Definition['destination']): readonly [licence: string, entity: string, profileTable: string] {
  return [plain(environment ?? baseUrl!), entity, profileTable];
}

/** The identity of a list as a text. If any part changes, the file must be delivered as if for the first time. */
export function listTarget({ activation, destination }: Definition): string {
  const { protocol, host, port, directory } = destination.delivery;
  const [licence, entity, profileTable] = profileTableOf(destination);
  const { name, identifier, fileName } = activation.list;
  const place: ListPlace = {
    licence,
    entity,
    profileTable,
    server: `${protocol}://${plain(host)}:${plain(port)}`,
    folder: directory.replace(/\/+$/, ''),
    file: fileName,
    list: name,
    identifier: identifier.attribute,
  };
  return JSON.stringify(place);
}

/** In a run's definition, variables are resolved; before that, their names identify them. */
function plain(value: number | TextOrEnv): string {
  return typeof value === 'object' ? `{ env: ${value.env} }` : String(value);
}

/**
 * True if the identifiers on the list delivered as `before` mean the same people on this list. The list can have a new
 * name or location, but it must have the same attribute of the same profile table. Before the first delivery, there are
 * no identifiers.
 */
export function namesSamePeople(before: string | null, definition: Definition): boolean {
  if (before === null) return true;
  const [was, is] = [before, listTarget(definition)].map((target) => JSON.parse(target) as ListPlace);
  const parts = ['licence', 'entity', 'profileTable', 'identifier'] as const;
  return parts.every((part) => was![part] === is![part]);
}

/** In the order in which changes are reported. */
const PARTS: readonly ListPlacePart[] = [
  'list',
  'file',
  'identifier',
  'folder',
  'server',
  'profileTable',
  'entity',
  'licence',
];

/** Returns the changes from one {@link listTarget} to another. Empty if nothing changed. */
export function placeChanges(before: string, after: string): PlaceChange[] {
  const [was, is] = [before, after].map((target) => JSON.parse(target) as Partial<ListPlace>);
  return PARTS.filter((part) => was![part] !== is![part]).map((part) => ({
    part,
    was: was![part] ?? null,
    is: is![part] ?? null,
  }));
}
