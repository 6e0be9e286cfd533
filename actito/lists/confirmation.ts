import type { ContractSettings } from '../../activation/definition/contract.ts';
import type { Definition } from '../../activation/definition/definition.ts';

/**
 * Returns how to find out whether Actito retrieved a list's file. By default, a list that was created in Actito cannot
 * be read.
 */
export function listConfirmation({
  activation,
  destination,
}: Definition): NonNullable<ContractSettings['listConfirmation']> {
  const usual = activation.list.provision === 'existing' ? 'none' : 'status';
  return destination.contract.listConfirmation ?? usual;
}
