import { takesCountry, takesZone, type ActivationFile, type AttributeMapping } from './activation.ts';
import type { ValueRules } from '../values/convert.ts';
import type { ContractSettings } from './contract.ts';
import type { Destination } from './destination.ts';
import type { Places } from './places.ts';
import type { Source } from './source.ts';

export { listTarget, namesSamePeople, placeChanges, profileTableOf } from './list-place.ts';

/** An activation with every default filled in: no question about its names is left. */
export type Activation = Omit<ActivationFile, 'name' | 'list' | 'timezone' | 'defaultCountry'> & {
  id: string;
  name: string;
  list: Omit<ActivationFile['list'], 'name' | 'identifier'> & {
    name: string;
    identifier: { column: string; attribute: string };
    /** The file as Actito expects it, `{list}` replaced. */
    fileName: string;
  };
};

/** All that a run needs to know; frozen in its run row. Holds names of environment variables, never secrets. */
export interface Definition {
  activation: Activation;
  source: Source;
  destination: Destination;
}

/**
 * Fills in what an activation's file may leave out: name ← segment, list ← name, identifier ← matching key; time zone and
 * default country of each attribute ← activation ← project.
 */
export function resolveActivation(
  id: string,
  { timezone, defaultCountry, ...file }: ActivationFile,
  project: Places = {},
): Activation {
  const name = file.name ?? file.segment.name;
  const list = file.list.name ?? name;
  const identifier = file.list.identifier ?? {
    column: file.matchingKey.column,
    attribute: file.matchingKey.attribute,
  };
  const ofList = list.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^\.+|\.+$/g, '');
  const fileName = file.list.fileName.replaceAll('{list}', ofList);
  // One order whatever the file's: moving a mapping up or down must not look like a change of everyone's values.
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

/** A time zone means something to dates and times alone, a country to texts; a created attribute never holds anything else. */
function placed(mapping: AttributeMapping, { timezone, defaultCountry }: Places): Places {
  const type = mapping.create?.type;
  const zone = takesZone(type) ? (mapping.timezone ?? timezone) : undefined;
  const place = takesCountry(type) ? (mapping.defaultCountry ?? defaultCountry) : undefined;
  return { ...(zone && { timezone: zone }), ...(place && { defaultCountry: place }) };
}

/**
 * True where a value cannot be left out of a row: every file has every column, and an empty field would clear what Actito
 * has.
 */
export function sendsWholeRows({
  activation,
  destination,
}: Pick<Definition, 'activation' | 'destination'>): boolean {
  const { emptyValue, etlColumns } = destination.contract;
  return activation.importMode !== 'oneShot' && etlColumns === 'all' && emptyValue === 'clears';
}

/** What decides how the values of a mapping are sent, besides the types of column and attribute. */
export function valueRules(
  { timezone, defaultCountry }: AttributeMapping,
  { lengthUnit, numberDigits }: ContractSettings,
): ValueRules {
  return { timezone, defaultCountry, lengthUnit, numberDigits };
}

/**
 * The columns a run reads, in the order of every line: the matching key, the list's identifier when it is
 * another column, the reference of rejected rows if there is one, then the mapped columns. A column that is not mapped is not read, so it can never cause a send.
 */
export function columnsToRead(activation: Activation): string[] {
  const { matchingKey, list, attributes, rejectReference } = activation;
  const identifier = hasOwnIdentifier(activation) ? [list.identifier.column] : [];
  const reference = rejectReference === undefined ? [] : [rejectReference];
  return [matchingKey.column, ...identifier, ...reference, ...attributes.map((mapping) => mapping.column)];
}

/** True when the list's file holds another column than the matching key. */
export function hasOwnIdentifier(activation: Activation): boolean {
  return activation.list.identifier.column !== activation.matchingKey.column;
}
