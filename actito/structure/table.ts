import { Failure } from '../../contract/failure.ts';
import type { ActitoType } from '../../activation/values/kinds.ts';
import type { ActitoClient } from '../api/client.ts';
import { profileTableBody, profileTablesBody, type ProfileTable } from '../contract.ts';

/** An attribute as values have to be formatted for it. */
export interface TargetAttribute {
  name: string;
  type: ActitoType;
  maxLength?: number;
}

/** An attribute as Actito describes it. */
export type AttributeOfTable = ProfileTable['attributes'][number];

/** D: predefined attributes carry no valueType; this is what their values look like. */
const PREDEFINED: Record<string, ActitoType> = {
  LASTNAME: 'STRING',
  FIRSTNAME: 'STRING',
  BIRTHDATE: 'DATE',
  SEX: 'SEX',
  MOTHER_LANGUAGE: 'MOTHER_LANGUAGE',
  EMAIL_ADDRESS: 'EMAIL_ADDRESS',
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

/** The type of an attribute's values as Actito names it; not always one that we know. */
export function typeOf({ type, valueType }: AttributeOfTable): string {
  return PREDEFINED[type] ?? valueType ?? 'STRING';
}

/** How values have to be formatted for an attribute, or null when its type is not known here. */
export function targetOf(attribute: AttributeOfTable): TargetAttribute | null {
  const type = typeOf(attribute);
  if (!(attribute.type in PREDEFINED) && !VALUE_TYPES.includes(type)) return null;
  return {
    name: attribute.name,
    type: type as ActitoType,
    maxLength: attribute.valueRestriction?.maxLength ?? undefined,
  };
}
