import type { Definition } from '../../activation/definition/definition.ts';
import { FILE } from '../contract.ts';
import { listConfirmation } from './confirmation.ts';
import { validityHours } from './provision.ts';

/**
 * What a marketer must have set up in Actito for a list that we neither make nor can read, a sentence each.
 * @param host the delivery's host as resolved from the environment
 */
export function handmadeList(definition: Definition, host: string): string[] {
  const { activation, destination } = definition;
  const { list } = activation;
  const { protocol, directory, location } = destination.delivery;
  const place = location
    ? `"${location}" (${protocol} ${host}, folder ${directory})`
    : `for ${protocol} ${host}`;
  const setUp =
    `Must have been set up in Actito, and cannot be read from here: the external target list "${list.name}" of ` +
    `profile table ${destination.profileTable}, identified by ${list.identifier.attribute}, valid for ` +
    `${validityHours(list)} hours; its file ${list.fileName}, from the file transfer location ${place}` +
    `${location ? '' : `, folder ${directory}`}: CSV, UTF-8 without BOM, separator "${FILE.separator}", one column ` +
    `with the header ${list.identifier.attribute}.`;
  if (listConfirmation(definition) !== 'none') return [setUp];
  return [
    setUp,
    'Whether Actito retrieved the file is not asked: see the expiration date of the list in a targeting (expert mode, ' +
      'module "File"), or set contract.listConfirmation: fileDisappears if Actito removes the files that it has read.',
  ];
}
