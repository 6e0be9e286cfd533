import type { Activation } from '../../activation/definition/definition.ts';
import type { AttributeInfo } from '../../contract/inspect.ts';
import type { ProfileTable } from '../contract.ts';
import { typeOf } from './table.ts';

/** Describes the attributes of a table, with the activations (of this destination) that send them. */
export function describeAttributes(table: ProfileTable, activations: Activation[]): AttributeInfo[] {
  return table.attributes.map((attribute) => {
    const maxLength = attribute.valueRestriction?.maxLength ?? undefined;
    return {
      name: attribute.name,
      type: attribute.type === 'CUSTOM' ? typeOf(attribute) : attribute.type,
      unique: attribute.unique,
      mandatory: attribute.mandatory,
      ...(maxLength === undefined ? {} : { maxLength }),
      mappedBy: activations
        .filter(({ attributes }) => attributes.some((mapping) => mapping.attribute === attribute.name))
        .map(({ id }) => id),
    };
  });
}
