import type { ContractSettings } from '../../activation/definition/contract.ts';
import type { Definition } from '../../activation/definition/definition.ts';

/** How it shows that Actito retrieved a list's file. A list that a marketer made cannot be looked at by default. */
export function listConfirmation({
  activation,
  destination,
}: Definition): NonNullable<ContractSettings['listConfirmation']> {
  const usual = activation.list.provision === 'existing' ? 'none' : 'status';
  return destination.contract.listConfirmation ?? usual;
}
