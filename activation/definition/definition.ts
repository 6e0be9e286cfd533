import { takesCountry, takesZone, type ActivationFile, type AttributeMapping } from './activation.ts';
import type { ValueRules } from '../values/convert.ts';
import type { ContractSettings } from './contract.ts';
import type { Destination } from './destination.ts';
import { PROFILE_ID } from './list.ts';
import type { Places } from './places.ts';
import type { Source } from './source.ts';

export { listTarget, namesSamePeople, placeChanges, profileTableOf } from './list-place.ts';

/** An activation with all defaults, so all of its names are set. */
export type Activation = Omit<ActivationFile, 'name' | 'list' | 'timezone' | 'defaultCountry'> & {
  id: string;
  name: string;
  list: Omit<ActivationFile['list'], 'name' | 'identifier'> & {
    name: string;
    /**
     * What the list's file contains. `directory`: the profile directory finds the attribute's value by the matching key, and
     * `column` is the matching key's.
     */
    identifier: { column: string; attribute: string; directory?: true };
    /** The file name that Actito expects, with `{list}` replaced. */
    fileName: string;
  };
};

/** Everything that a run needs to know, stored with the run. Contains names of environment variables, never secrets. */
export interface Definition {
  activation: Activation;
  source: Source;
  destination: Destination;
}

/**
 * Fills in what an activation's file may leave out: name ← segment, list ← name, identifier ← matching key; time zone
 * and default country of each attribute ← activation ← project.
 */
export function resolveActivation(
  id: string,
  { timezone, defaultCountry, ...file }: ActivationFile,
  project: Places = {},
): Activation {
  const name = file.name ?? file.segment.name;
  const list = file.list.name ?? name;
  const identifier = identifierOf(file);
  const ofList = list.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^\.+|\.+$/g, '');
  const fileName = file.list.fileName.replaceAll('{list}', ofList);
  // The order does not depend on the file, because moving a mapping must not look like a change of all values.
  const attributes = file.attributes
    .toSorted((a, b) => (a.attribute < b.attribute ? -1 : 1))
    .map((mapping) => ({
      ...mapping,
      ...placed(mapping, {
        timezone: timezone ?? project.timezone,
        defaultCountry: defaultCountry ?? file.matchingKey.defaultCountry ?? project.defaultCountry,
      }),
    }));
  return { ...file, id, name, attributes, list: { ...file.list, name: list, identifier, fileName } };
}

/** If the matching key is the profile ID, the list needs no directory: its entries are the keys. */
function identifierOf({ matchingKey, list }: ActivationFile): Activation['list']['identifier'] {
  const { column, attribute } = matchingKey;
  if (typeof list.identifier === 'object') return list.identifier;
  return list.identifier === undefined || attribute === PROFILE_ID
    ? { column, attribute }
    : { column, attribute: PROFILE_ID, directory: true };
}

/**
 * Only dates and times need a time zone, and only texts need a country. A created attribute never gets the other one.
 */
function placed(mapping: AttributeMapping, { timezone, defaultCountry }: Places): Places {
  const type = mapping.create?.type;
  const zone = takesZone(type) ? (mapping.timezone ?? timezone) : undefined;
  const place = takesCountry(type) ? (mapping.defaultCountry ?? defaultCountry) : undefined;
  return { ...(zone && { timezone: zone }), ...(place && { defaultCountry: place }) };
}

/**
 * True if a value cannot be left out of a row: every file has every column, and an empty field would clear the value in
 * Actito.
 */
export function sendsWholeRows({
  activation,
  destination,
}: Pick<Definition, 'activation' | 'destination'>): boolean {
  const { emptyValue, etlColumns } = destination.contract;
  return activation.importMode !== 'oneShot' && etlColumns === 'all' && emptyValue === 'clears';
}

/** The settings that decide how the values of a mapping are sent, besides the types of column and attribute. */
export function valueRules(
  { timezone, defaultCountry }: AttributeMapping,
  { lengthUnit, numberDigits }: ContractSettings,
): ValueRules {
  return { timezone, defaultCountry, lengthUnit, numberDigits };
}

/**
 * The columns that a run reads, in the order of every line: the matching key, the list's identifier if it is another
 * column, the reference of rejected rows if there is one, then the mapped columns. A column that is not mapped is not
 * read, so it can never cause an import.
 */
export function columnsToRead(activation: Activation): string[] {
  const { matchingKey, list, attributes, rejectReference } = activation;
  const identifier = hasIdentifierColumn(activation) ? [list.identifier.column] : [];
  const reference = rejectReference === undefined ? [] : [rejectReference];
  return [matchingKey.column, ...identifier, ...reference, ...attributes.map((mapping) => mapping.column)];
}

/** True if the entries of the list's file are not the keys: they have a column of their own, or are looked up. */
export function hasOwnIdentifier(activation: Activation): boolean {
  return hasIdentifierColumn(activation) || usesDirectory(activation);
}

/** True if the list's file contains another column of the segment than the matching key. */
export function hasIdentifierColumn({ list, matchingKey }: Activation): boolean {
  return list.identifier.column !== matchingKey.column;
}

/** True if the profile directory finds the entries of the list's file. */
export function usesDirectory({ list }: Activation): boolean {
  return list.identifier.directory === true;
}
