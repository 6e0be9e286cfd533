import type { Definition } from '../../activation/definition/definition.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { FILE } from '../contract.ts';
import { listConfirmation } from './confirmation.ts';
import { validityHours } from './provision.ts';

/**
 * What a marketer must have set up in Actito for a list that we neither make nor can read.
 * @param host the delivery's host as resolved from the environment
 */
export function handmadeList(definition: Definition, host: string): Told[] {
  const { activation, destination } = definition;
  const { list } = activation;
  const { protocol, directory, location } = destination.delivery;
  const setUp = tell('listHandmade', {
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
