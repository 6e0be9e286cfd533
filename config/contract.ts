import type { ActivationFile } from '../activation/definition/activation.ts';
import { PROFILE_ID } from '../activation/definition/list.ts';
import type { Destination } from '../activation/definition/destination.ts';
import { leavesOut } from '../activation/values/nulls.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';

/** Checks that the contract of the destination allows what an activation needs. */
export function checkContract(
  activation: Loaded<ActivationFile>,
  destinations: ReadonlyMap<string, Destination>,
): Problem[] {
  const destination = destinations.get(activation.value.destination);
  if (!destination) return []; // reported already
  return [etlColumns, emptyValue, listIdentifiers, listConfirmation].flatMap((check) =>
    check(activation, destination.contract),
  );
}

type Contract = Destination['contract'];

function etlColumns({ file, value }: Loaded<ActivationFile>, contract: Contract): Problem[] {
  if (value.importMode === 'oneShot' || contract.etlColumns === 'subset') return [];
  const kept = value.attributes.filter((mapping) => leavesOut(mapping, contract));
  if (kept.length === 0) return [];
  const attributes = kept.map(({ attribute }) => attribute);
  return [problemAt(file, ['importMode'], 'etlCannotKeep', { destination: value.destination, attributes })];
}

function emptyValue({ file, value }: Loaded<ActivationFile>, contract: Contract): Problem[] {
  if (contract.emptyValue === 'clears') return [];
  const { destination } = value;
  return value.attributes.flatMap(({ nulls }, i) =>
    nulls === 'clear'
      ? [problemAt(file, ['attributes', i, 'nulls'], 'nullCannotClear', { destination })]
      : [],
  );
}

/** Returns the attribute whose values a list's file contains. */
export function listedAttribute({ list: { identifier }, matchingKey }: ActivationFile): string {
  return identifier === PROFILE_ID ? PROFILE_ID : (identifier ?? matchingKey).attribute;
}

function listIdentifiers({ file, value }: Loaded<ActivationFile>, contract: Contract): Problem[] {
  const attribute = listedAttribute(value);
  if (contract.listIdentifiers !== 'profileId' || attribute === PROFILE_ID) return [];
  const { destination } = value;
  return [problemAt(file, ['list', 'identifier'], 'listTakesProfileIds', { destination, attribute })];
}

function listConfirmation({ file, value }: Loaded<ActivationFile>, contract: Contract): Problem[] {
  if (value.list.provision !== 'existing' || contract.listConfirmation !== 'status') return [];
  const { destination } = value;
  return [problemAt(file, ['list', 'provision'], 'listWithoutStatus', { destination })];
}
