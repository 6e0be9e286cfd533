import type { AttributeMapping } from '../definition/activation.ts';
import type { ContractSettings } from '../definition/contract.ts';

/**
 * True when a null of this attribute must be left out of an import file, because Actito would take an empty field as
 * "clear" and its value is to be kept. Otherwise an empty field says what is meant, and every row can share a file.
 */
export function leavesOut(
  { nulls }: Pick<AttributeMapping, 'nulls'>,
  { emptyValue }: Pick<ContractSettings, 'emptyValue'>,
): boolean {
  return nulls === 'keep' && emptyValue === 'clears';
}
