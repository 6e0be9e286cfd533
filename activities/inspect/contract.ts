import { checkContract } from '../../actito/check-contract/checks.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import { resolveUrl } from '../../config/secrets.ts';
import type { ContractResult } from '../../contract/inspect.ts';
import { lastTaken } from '../../state/imports/quota.ts';
import { connectActito } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { cancellation } from '../progress.ts';
import { findDestination } from './destination.ts';

/** Compares the answers of a destination's Actito with the contract, as far as reading shows. */
export async function inspectContract(deps: Dependencies, id: string): Promise<ContractResult> {
  const { destination, activations } = await findDestination(deps, id);
  const { entity, profileTable, contract } = destination;
  const { client, quotaKey } = connectActito(deps, destination, cancellation());
  const etls = activations.flatMap(({ importMode }) => (importMode === 'oneShot' ? [] : [importMode.etl]));
  const checks = await checkContract({
    client,
    paths: contract.paths ?? {},
    contract,
    entity,
    profileTable,
    etls: [...new Set(etls)],
    listsExist: activations.length > 0 && activations.every(({ list }) => list.provision === 'existing'),
    lastImport: await lastTaken(deps.state, quotaKey),
  });
  return { what: 'contract', destination: id, actito: shownAddress(deps, destination), checks };
}

/** The environment, or a host of Actito; any other host is the customer's, and is not shown. */
function shownAddress({ env }: Dependencies, { environment, baseUrl }: Destination): string | null {
  if (environment) return environment;
  const { hostname } = new URL(resolveUrl(baseUrl!, env, 'baseUrl'));
  return /(^|\.)actito\.(com|be)$/.test(hostname) ? hostname : null;
}
