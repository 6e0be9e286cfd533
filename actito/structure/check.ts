import { TECHNICAL_ATTRIBUTES, type AttributeMapping } from '../../activation/definition/activation.ts';
import type { Activation } from '../../activation/definition/definition.ts';
import { Failure, isFailure, type FailureType } from '../../contract/failure.ts';
import { converterFor } from '../../activation/values/convert.ts';
import type { ActitoType, Column, ColumnKind } from '../../activation/values/kinds.ts';
import type { ProfileTable } from '../contract.ts';
import { didYouMean } from '../../activation/suggestion.ts';
import { findAttribute, targetOf, typeOf, type TargetAttribute } from './table.ts';

/** One thing that a table lacks, in a sentence. */
interface Problem {
  type: FailureType;
  message: string;
  /** Someone has to add an attribute in Actito. */
  missing?: true;
}

/**
 * Compares a profile table with what an activation needs: keys that can be matched on, attributes that can be written,
 * from the columns that the warehouse has. Nothing is written.
 * @param columns one per mapped attribute
 * @returns the mapped attributes as they stand, or as they will be created, in the mapping's order
 * @throws Failure MappingInvalid or AttributeConflict, with everything that does not fit at once
 */
export function checkStructure(
  table: ProfileTable,
  activation: Activation,
  columns: readonly Column[],
): TargetAttribute[] {
  const attributes = activation.attributes.map((mapping, index) =>
    checkAttribute(table, activation, mapping, columns[index]!),
  );
  const problems = [
    ...keyProblems(table, activation),
    ...attributes.filter((found): found is Problem => 'message' in found),
  ];
  if (problems.length > 0) throw failureOf(table, activation, problems);
  return attributes.filter((found): found is TargetAttribute => !('message' in found));
}

function keyProblems(table: ProfileTable, { id, matchingKey, list }: Activation): Problem[] {
  const wanted: (readonly [string, string])[] = [['matchingKey.attribute', matchingKey.attribute]];
  if (list.identifier.attribute !== matchingKey.attribute)
    wanted.push(['list.identifier.attribute', list.identifier.attribute]);
  const unique = table.attributes.filter((attribute) => attribute.unique).map(({ name }) => name);
  return wanted.flatMap(([setting, name]) => {
    const attribute = findAttribute(table, name);
    if (attribute?.unique || name === 'profileId') return [];
    const what = attribute
      ? `is not unique in profile table ${table.name}, so that it cannot tell profiles apart.`
      : `does not exist in profile table ${table.name}${didYouMean(name, unique) || '.'}`;
    const others = `Unique attributes are ${[...new Set([...unique, 'profileId'])].join(', ')}.`;
    return [{ type: 'MappingInvalid', message: `${setting} of ${id}: ${name} ${what} ${others}` }];
  });
}

function checkAttribute(
  table: ProfileTable,
  activation: Activation,
  { attribute: name, create }: AttributeMapping,
  column: Column,
): TargetAttribute | Problem {
  const attribute = findAttribute(table, name);
  const byHand = activation.list.provision === 'existing';
  if (!attribute) {
    if (byHand) return missing(table, name, create, column);
    if (!create) return unknown(table, activation, name);
    return sendable(column, { name, type: create.type, maxLength: create.maxLength });
  }
  if (attribute.multiValued || TECHNICAL_ATTRIBUTES.includes(name)) {
    return mapping(`Attribute ${name} of ${table.name} is not one that actito-sync can write.`);
  }
  if (create && attribute.type === 'CUSTOM' && typeOf(attribute) !== create.type) {
    return {
      type: 'AttributeConflict',
      message:
        `Attribute ${name} of ${table.name} has type ${typeOf(attribute)}, the mapping wants ${create.type}. Types ` +
        'never change in Actito: map to another attribute, or change create.type.',
    };
  }
  const target = targetOf(attribute);
  if (target) return sendable(column, target);
  return mapping(
    `Attribute ${name} of ${table.name} has type ${typeOf(attribute)}, which is not known here.`,
  );
}

function sendable(column: Column, target: TargetAttribute): TargetAttribute | Problem {
  try {
    converterFor(column, target);
    return target;
  } catch (error) {
    if (isFailure(error)) return { type: error.type, message: error.message };
    throw error;
  }
}

function unknown(table: ProfileTable, activation: Activation, name: string): Problem {
  const names = table.attributes.map((attribute) => attribute.name);
  return mapping(
    `Profile table ${table.name} has no attribute ${name}, which ${activation.id} maps${didYouMean(name, names) || '.'} ` +
      'Correct the name, or let actito-sync create it with create: { type: … }. ' +
      `It has ${names.join(', ')}.`,
  );
}

/** What a new attribute for a column of this kind is best made as. */
const TYPES: Record<ColumnKind, ActitoType> = {
  text: 'STRING',
  integer: 'LONG',
  decimal: 'NUMBER',
  float: 'NUMBER',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP',
  unsupported: 'STRING',
};

function missing(
  table: ProfileTable,
  name: string,
  create: AttributeMapping['create'],
  column: Column,
): Problem {
  const type = create?.type ?? TYPES[column.kind];
  const length = type === 'STRING' ? ` of at most ${create?.maxLength ?? 255} characters` : '';
  const near = didYouMean(
    name,
    table.attributes.map((attribute) => attribute.name),
  );
  return {
    type: 'MappingInvalid',
    message: `Attribute ${name} is missing${near || '.'} Add it as ${type}${length}, with one value, not mandatory, not unique.`,
    missing: true,
  };
}

function mapping(message: string): Problem {
  return { type: 'MappingInvalid', message };
}

/** D: Actito's user guide, "Adding attributes". */
function whereToAdd({ name }: ProfileTable): string {
  return (
    `Attributes are added in Actito's app "Profile tables structure" (Apps > Data; in older licences Catalog > ` +
    `Profiles > Manage DB structures): choose ${name}, Update, + Add. It takes the rights of an Admin or Advanced user, ` +
    'and the technical name exactly as written here: name and type can never be changed.'
  );
}

function failureOf(table: ProfileTable, { id }: Activation, problems: Problem[]): Failure {
  const where = problems.some((problem) => problem.missing) ? [whereToAdd(table)] : [];
  if (problems.length === 1) {
    const [{ type, message }] = problems as [Problem];
    return new Failure(type, [message, ...where].join(' '));
  }
  const type = problems.every((problem) => problem.type === 'AttributeConflict')
    ? 'AttributeConflict'
    : 'MappingInvalid';
  const list = problems.map(({ message }) => `- ${message}`);
  return new Failure(
    type,
    [`Profile table ${table.name} does not fit activation ${id}:`, ...list, ...where].join('\n'),
  );
}
