import { Failure } from '../../contract/failure.ts';
import type { ContractSettings } from '../../activation/definition/contract.ts';
import { formatOf, TYPE_OF_FORMAT } from '../../activation/values/formats.ts';
import type { ActitoType } from '../../activation/values/kinds.ts';
import type { ActitoClient } from '../api/client.ts';
import { profileTableBody, profileTablesBody, type ProfileTable } from '../contract.ts';

/** An attribute with the format of its values. */
export interface TargetAttribute {
  name: string;
  type: ActitoType;
  maxLength?: number;
  minLength?: number;
}

/** An attribute as Actito describes it. */
export type AttributeOfTable = ProfileTable['attributes'][number];

/** D: predefined attributes have no valueType; these are the types of their values. */
const PREDEFINED: Record<string, ActitoType> = {
  LASTNAME: 'STRING',
  FIRSTNAME: 'STRING',
  BIRTHDATE: 'DATE',
  SEX: 'SEX',
  MOTHER_LANGUAGE: 'MOTHER_LANGUAGE',
  EMAIL_ADDRESS: 'EMAIL_ADDRESS',
};
/** A: the formats of phone numbers, languages, countries and titles are D, but not the names of their types. */
const ASSUMED: Record<string, ActitoType> = {
  PHONE: 'PHONE',
  PHONE_NUMBER: 'PHONE',
  GSM_NUMBER: 'PHONE',
  EMAIL: 'EMAIL_ADDRESS',
  LANGUAGE: 'MOTHER_LANGUAGE',
  COUNTRY: 'COUNTRY',
  TITLE: 'PERSON_TITLE',
  PERSON_TITLE: 'PERSON_TITLE',
};
const VALUE_TYPES: readonly string[] = [
  'STRING',
  'INTEGER',
  'LONG',
  'NUMBER',
  'BOOLEAN',
  'DATE',
  'TIMESTAMP',
] satisfies ActitoType[];

/** Reads a profile table by its name or id. @throws Failure ConfigurationInvalid, Actito… */
export async function readProfileTable(
  client: ActitoClient,
  entity: string,
  nameOrId: string,
): Promise<ProfileTable> {
  const tables = await client.call({ route: 'profileTables', parts: { entity } }, profileTablesBody);
  const found =
    tables.find((table) => table.name === nameOrId) ?? tables.find((table) => table.id === nameOrId);
  if (!found) {
    const names = tables.map((table) => table.name);
    throw new Failure('profileTableUnknown', { entity, profileTable: nameOrId, tables: names });
  }
  return client.call({ route: 'profileTable', parts: { entity, table: found.id } }, profileTableBody);
}

export function findAttribute(table: ProfileTable, name: string): AttributeOfTable | undefined {
  return table.attributes.find((attribute) => attribute.name === name);
}

/** Returns the name of an attribute's type in Actito, which may be unknown here. */
export function typeOf({ type, valueType }: AttributeOfTable): string {
  if (type !== 'CUSTOM') return PREDEFINED[type] ?? ASSUMED[type] ?? valueType ?? 'STRING';
  return valueType ?? 'STRING';
}

/** Returns the format of an attribute's values, or null if its type is unknown. */
export function targetOf(
  attribute: AttributeOfTable,
  { formats }: Pick<ContractSettings, 'formats'>,
): TargetAttribute | null {
  const named = typeOf(attribute);
  const format = named === 'STRING' ? formatOf(attribute.name, formats) : undefined;
  const isKnown = VALUE_TYPES.includes(named) || attribute.type in PREDEFINED;
  const type = format ? TYPE_OF_FORMAT[format] : isKnown ? (named as ActitoType) : ASSUMED[named];
  if (type === undefined) return null;
  return { name: attribute.name, type, ...lengthsOf(attribute) };
}

function lengthsOf({ valueRestriction }: AttributeOfTable): Pick<TargetAttribute, 'maxLength' | 'minLength'> {
  const { maxLength, minLength } = valueRestriction ?? {};
  return { maxLength: maxLength ?? undefined, minLength: minLength ?? undefined };
}
