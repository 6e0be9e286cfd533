import { Failure } from '../activation/failures.ts';
import type { Activation } from '../activation/definition/definition.ts';
import { TECHNICAL_ATTRIBUTES } from '../activation/definition/activation.ts';
import type { ActitoType } from '../activation/values/kinds.ts';
import type { ActitoClient } from './api/client.ts';
import {
  addAttribute,
  createdBody,
  profileTableBody,
  profileTablesBody,
  type ProfileTable,
} from './contract.ts';

/** An attribute as values have to be formatted for it. */
export interface TargetAttribute {
  name: string;
  type: ActitoType;
  maxLength?: number;
}

/** D: predefined attributes carry no valueType; this is what their values look like. */
const PREDEFINED: Record<string, ActitoType> = {
  LASTNAME: 'STRING',
  FIRSTNAME: 'STRING',
  BIRTHDATE: 'DATE',
  SEX: 'SEX',
  MOTHER_LANGUAGE: 'MOTHER_LANGUAGE',
  EMAIL_ADDRESS: 'EMAIL_ADDRESS',
};
const VALUE_TYPES = ['STRING', 'INTEGER', 'LONG', 'NUMBER', 'BOOLEAN', 'DATE', 'TIMESTAMP'];

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
    throw new Failure(
      'ConfigurationInvalid',
      `Entity ${entity} has no profile table ${nameOrId}; it has ${tables.map((table) => table.name).join(', ')}.`,
    );
  }
  return client.call({ route: 'profileTable', parts: { entity, table: found.id } }, profileTableBody);
}

/** Fails unless the matching key and the list's identifier can be matched on. */
export function checkKeys(table: ProfileTable, activation: Activation): void {
  const wanted = [
    ['matchingKey.attribute', activation.matchingKey.attribute],
    ['list.identifier.attribute', activation.list.identifier.attribute],
  ] as const;
  for (const [setting, name] of wanted) {
    const attribute = table.attributes.find((candidate) => candidate.name === name);
    if (attribute?.unique || name === 'profileId') continue;
    const unique = table.attributes
      .filter((candidate) => candidate.unique)
      .map((candidate) => candidate.name);
    throw new Failure(
      'MappingInvalid',
      `${setting} of ${activation.id}: ${name} ${attribute ? 'is not unique' : 'does not exist'} in profile table ` +
        `${table.name}. Unique attributes are ${unique.join(', ')}.`,
    );
  }
}

/**
 * The mapped attributes as they stand, or as they will be created, in the mapping's order.
 * @throws Failure MappingInvalid (unknown, not writable), AttributeConflict (another type)
 */
export function planAttributes(table: ProfileTable, activation: Activation): TargetAttribute[] {
  return activation.attributes.map(({ attribute, create }) => {
    if (find(table, attribute)) return targetOf(table, attribute, create?.type);
    if (!create) throw unknownAttribute(table, activation, attribute);
    return { name: attribute, type: create.type, maxLength: create.maxLength };
  });
}

/**
 * Makes sure that every mapped attribute exists, creating those whose mapping says `create`. Nothing is ever
 * altered or deleted; an attribute that is there already is success, one of another type a conflict.
 * @returns the mapped attributes in the mapping's order, and the names of those created
 */
export async function provisionAttributes(
  client: ActitoClient,
  entity: string,
  table: ProfileTable,
  activation: Activation,
): Promise<{ attributes: TargetAttribute[]; created: string[] }> {
  planAttributes(table, activation); // all is checked before anything is created: an attribute is for ever
  const missing = activation.attributes.filter(({ attribute }) => !find(table, attribute));
  const created: string[] = [];
  for (const { attribute, create } of missing) {
    const maxLength = create!.type === 'STRING' ? (create!.maxLength ?? 255) : undefined;
    const json = addAttribute(attribute, create!.type, maxLength);
    await client
      .call(
        { method: 'POST', route: 'changeRequests', parts: { entity, table: table.id }, json },
        createdBody,
      )
      .catch(async (error: unknown) => {
        // Another activation, or an earlier try whose answer was lost, may have created it.
        const now = await readProfileTable(client, entity, table.id);
        if (!find(now, attribute)) throw error;
      });
    created.push(attribute);
  }
  const now = missing.length === 0 ? table : await readProfileTable(client, entity, table.id);
  const attributes = activation.attributes.map(({ attribute, create }) =>
    targetOf(now, attribute, create?.type),
  );
  return { attributes, created };
}

function find(table: ProfileTable, name: string) {
  return table.attributes.find((attribute) => attribute.name === name);
}

function targetOf(table: ProfileTable, name: string, wanted: string | undefined): TargetAttribute {
  const attribute = find(table, name);
  if (!attribute) {
    throw new Failure('ActitoUnavailable', `Attribute ${name} was created but Actito does not show it yet.`);
  }
  if (attribute.multiValued || TECHNICAL_ATTRIBUTES.includes(name)) {
    throw new Failure(
      'MappingInvalid',
      `Attribute ${name} of ${table.name} is not one that actito-sync can write.`,
    );
  }
  const type = PREDEFINED[attribute.type] ?? attribute.valueType ?? 'STRING';
  if (wanted !== undefined && attribute.type === 'CUSTOM' && type !== wanted) {
    throw new Failure(
      'AttributeConflict',
      `Attribute ${name} of ${table.name} has type ${type}, the mapping wants ${wanted}. Types never change in ` +
        'Actito: map to another attribute, or change create.type.',
    );
  }
  if (!VALUE_TYPES.includes(type) && !Object.values(PREDEFINED).includes(type as ActitoType)) {
    throw new Failure(
      'MappingInvalid',
      `Attribute ${name} of ${table.name} has type ${type}, which is not known here.`,
    );
  }
  return { name, type: type as ActitoType, maxLength: attribute.valueRestriction?.maxLength ?? undefined };
}

function unknownAttribute(table: ProfileTable, activation: Activation, name: string): Failure {
  return new Failure(
    'MappingInvalid',
    `Profile table ${table.name} has no attribute ${name}, which ${activation.id} maps. Correct the name, or let ` +
      `actito-sync create it with create: { type: … }. It has ${table.attributes.map((a) => a.name).join(', ')}.`,
  );
}
