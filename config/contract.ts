import type { ActivationFile } from '../activation/definition/activation.ts';
import type { Destination } from '../activation/definition/destination.ts';
import { leavesOut } from '../activation/values/nulls.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';

/** What an activation asks for must be possible by the contract of its destination: with what Actito does there. */
export function checkContract(
  activation: Loaded<ActivationFile>,
  destinations: ReadonlyMap<string, Destination>,
): Problem[] {
  const destination = destinations.get(activation.value.destination);
  if (!destination) return []; // told already
  return [etlColumns, emptyValue, listIdentifiers, listConfirmation].flatMap((check) =>
    check(activation, destination.contract),
  );
}

type Contract = Destination['contract'];

function etlColumns({ file, value }: Loaded<ActivationFile>, contract: Contract): Problem[] {
  if (value.importMode === 'oneShot' || contract.etlColumns === 'subset') return [];
  const kept = value.attributes.filter((mapping) => leavesOut(mapping, contract));
  if (kept.length === 0) return [];
  const names = kept.map(({ attribute }) => attribute).join(', ');
  const message =
    `the ETL wants all of its columns in every file (contract.etlColumns: all) and an empty field clears the ` +
    `attribute (contract.emptyValue: clears), so nulls cannot be kept: ${names}. Either set nulls: clear there, or, if ` +
    'that is how this Actito behaves, contract.emptyValue: ignored or contract.etlColumns: subset in ' +
    `destinations/${value.destination}`;
  return [problemAt(file, ['importMode'], message)];
}

function emptyValue({ file, value }: Loaded<ActivationFile>, contract: Contract): Problem[] {
  if (contract.emptyValue === 'clears') return [];
  const message =
    'a null cannot clear the attribute, because Actito ignores empty fields (contract.emptyValue: ignored in ' +
    `destinations/${value.destination}); set it to keep`;
  return value.attributes.flatMap(({ nulls }, i) =>
    nulls === 'clear' ? [problemAt(file, ['attributes', i, 'nulls'], message)] : [],
  );
}

function listIdentifiers({ file, value }: Loaded<ActivationFile>, contract: Contract): Problem[] {
  const { attribute } = value.list.identifier ?? value.matchingKey;
  if (contract.listIdentifiers === 'uniqueAttribute' || attribute === 'profileId') return [];
  const message =
    `a list may hold nothing but profile ids (contract.listIdentifiers: profileId in destinations/${value.destination}), ` +
    `not ${attribute}; set list.identifier: { column: <column with the profile ids>, attribute: profileId }`;
  return [problemAt(file, ['list', 'identifier'], message)];
}

function listConfirmation({ file, value }: Loaded<ActivationFile>, contract: Contract): Problem[] {
  if (value.list.provision !== 'existing' || contract.listConfirmation !== 'status') return [];
  const message =
    'a list that was made in Actito cannot be read, so it has no status to wait for; set ' +
    `contract.listConfirmation: fileDisappears or none in destinations/${value.destination}`;
  return [problemAt(file, ['list', 'provision'], message)];
}
