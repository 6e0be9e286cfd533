import { TECHNICAL_ATTRIBUTES, type AttributeMapping } from '../../activation/definition/activation.ts';
import { valueRules, type Activation, type Definition } from '../../activation/definition/definition.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { FactsOf } from '../../contract/messages/catalogue.ts';
import { converterFor, type ValueRules } from '../../activation/values/convert.ts';
import type { ActitoType, Column, ColumnKind } from '../../activation/values/kinds.ts';
import type { ProfileTable } from '../contract.ts';
import { nearest } from '../../activation/suggestion.ts';
import { findAttribute, targetOf, typeOf, type TargetAttribute } from './table.ts';

/** The target of an activation. */
type Places = Pick<Definition, 'activation' | 'destination'>;

/**
 * Compares a profile table with what an activation needs: keys that can be matched, and attributes that can be written
 * from the warehouse's columns. Writes nothing.
 * @param columns one per mapped attribute
 * @returns the mapped attributes as they exist, or as they will be created, in the mapping's order
 * @throws Failure MappingInvalid or AttributeConflict, with all problems at once
 */
export function checkStructure(
  table: ProfileTable,
  definition: Places,
  columns: readonly Column[],
): TargetAttribute[] {
  const { activation } = definition;
  const attributes = activation.attributes.map((mapping, index) =>
    checkAttribute(table, definition, mapping, columns[index]!),
  );
  const problems = [
    ...keyProblems(table, activation),
    ...attributes.filter((found) => found instanceof Failure),
  ];
  if (problems.length > 0) throw failureOf(table, activation, problems);
  return attributes.filter((found) => !(found instanceof Failure));
}

function keyProblems(table: ProfileTable, { id, matchingKey, list }: Activation): Failure[] {
  const wanted: (readonly [string, string])[] = [['matchingKey.attribute', matchingKey.attribute]];
  if (list.identifier.attribute !== matchingKey.attribute)
    wanted.push(['list.identifier.attribute', list.identifier.attribute]);
  const names = table.attributes.filter((attribute) => attribute.unique).map(({ name }) => name);
  const unique = [...new Set([...names, 'profileId'])];
  return wanted.flatMap(([setting, name]) => {
    const found = findAttribute(table, name);
    if (found?.unique || name === 'profileId') return [];
    const facts = { setting, activation: id, attribute: name, profileTable: table.name, unique };
    return [
      found
        ? new Failure('keyNotUnique', facts)
        : new Failure('keyUnknown', { ...facts, near: nearest(name, names) }),
    ];
  });
}

function checkAttribute(
  table: ProfileTable,
  { activation, destination }: Places,
  mapping: AttributeMapping,
  column: Column,
): TargetAttribute | Failure {
  const { attribute: name, create } = mapping;
  const { contract } = destination;
  const rules = valueRules(mapping, contract);
  const attribute = findAttribute(table, name);
  const existing = activation.list.provision === 'existing';
  if (!attribute) {
    if (existing) return missing(table, name, create, column);
    if (!create) return unknown(table, activation, name);
    const created = { type: 'CUSTOM', name, valueType: create.type, unique: false, mandatory: false };
    const planned = { ...created, valueRestriction: { maxLength: create.maxLength } };
    return sendable(column, targetOf(planned, contract)!, rules);
  }
  const where = { attribute: name, profileTable: table.name };
  if (attribute.multiValued || TECHNICAL_ATTRIBUTES.includes(name)) {
    return new Failure('attributeNotWritable', where);
  }
  const type = typeOf(attribute);
  if (create && attribute.type === 'CUSTOM' && type !== create.type) {
    return new Failure('attributeTypeConflict', { ...where, type, wanted: create.type });
  }
  const target = targetOf(attribute, contract);
  return target ? sendable(column, target, rules) : new Failure('attributeTypeUnknown', { ...where, type });
}

function sendable(column: Column, target: TargetAttribute, rules: ValueRules): TargetAttribute | Failure {
  try {
    converterFor(column, target, rules);
    return target;
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
}

function unknown(table: ProfileTable, activation: Activation, name: string): Failure {
  const attributes = namesOf(table);
  return new Failure('attributeUnknown', {
    profileTable: table.name,
    attribute: name,
    activation: activation.id,
    near: nearest(name, attributes),
    attributes,
  });
}

/** The best type of a new attribute for a column of this kind. */
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
): MissingAttribute {
  const type = create?.type ?? TYPES[column.kind];
  return new MissingAttribute({
    attribute: name,
    near: nearest(name, namesOf(table)),
    type,
    maxLength: type === 'STRING' ? (create?.maxLength ?? 255) : undefined,
  });
}

/** Someone must add an attribute in Actito. Where to do that is said once, whatever other problems there are. */
class MissingAttribute extends Failure<'attributeMissing'> {
  readonly facts: FactsOf<'attributeMissing'>;

  constructor(facts: FactsOf<'attributeMissing'>) {
    super('attributeMissing', facts);
    this.facts = facts;
  }
}

function failureOf({ name }: ProfileTable, { id }: Activation, problems: readonly Failure[]): Failure {
  const [first, ...more] = problems as [Failure, ...Failure[]];
  if (more.length === 0) {
    return first instanceof MissingAttribute
      ? new Failure('attributeMissing', { ...first.facts, addTo: name })
      : first;
  }
  const areConflicts = problems.every(({ type }) => type === 'AttributeConflict');
  return new Failure(areConflicts ? 'attributesConflict' : 'structureUnfit', {
    profileTable: name,
    activation: id,
    // Their facts may name every attribute of the table, repeated for each problem.
    problems: problems.map(({ told: { reason, message } }) => ({ reason, message })),
    missing: problems.some((problem) => problem instanceof MissingAttribute),
  });
}

function namesOf({ attributes }: ProfileTable): string[] {
  return attributes.map(({ name }) => name);
}
