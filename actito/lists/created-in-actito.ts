import type { Definition } from '../../activation/definition/definition.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { FILE } from '../contract.ts';
import { listConfirmation } from './confirmation.ts';
import { validityHours } from './provision.ts';

/**
 * The settings that a list created in Actito must have; actito-sync cannot read them.
 * @param host the delivery's host as resolved from the environment
 */
export function listCreatedInActito(definition: Definition, host: string): Told[] {
  const { activation, destination } = definition;
  const { list } = activation;
  const { protocol, directory, location } = destination.delivery;
  const setUp = tell('listCreatedInActito', {
    list: list.name,
    profileTable: destination.profileTable,
    identifier: list.identifier.attribute,
    hours: validityHours(list),
    file: list.fileName,
    location,
    protocol,
    host,
    directory,
    separator: FILE.separator,
  });
  return listConfirmation(definition) === 'none' ? [setUp, tell('retrievalNotAsked', {})] : [setUp];
}
