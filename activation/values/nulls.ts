import type { AttributeMapping } from '../definition/activation.ts';
import type { ContractSettings } from '../definition/contract.ts';

/**
 * True if a null of this attribute must be left out of an import file, because Actito would clear the attribute for an
 * empty field, and its value must be kept. Otherwise an empty field has the intended effect, and every row can share a
 * file.
 */
export function leavesOut(
  { nulls }: Pick<AttributeMapping, 'nulls'>,
  { emptyValue }: Pick<ContractSettings, 'emptyValue'>,
): boolean {
  return nulls === 'keep' && emptyValue === 'clears';
}
