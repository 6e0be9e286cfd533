import type { Activation } from '../../activation/definition/definition.ts';
import type { ProfileTable } from '../contract.ts';
import { typeOf } from './table.ts';

/** An attribute of a profile table, for people. */
export interface DescribedAttribute {
  name: string;
  /** The type of its values; for an attribute that Actito predefines, its kind. */
  type: string;
  unique: boolean;
  mandatory: boolean;
  maxLength?: number;
  /** Ids of the activations that write it. */
  mappedBy: string[];
}

/** The attributes of a table as they stand, with the activations (of this destination) that write them. */
export function describeAttributes(table: ProfileTable, activations: Activation[]): DescribedAttribute[] {
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
