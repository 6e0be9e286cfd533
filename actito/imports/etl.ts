import type { Definition } from '../../activation/definition/definition.ts';
import { Failure } from '../../contract/failure.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { FILE } from '../contract.ts';

/** D: where people find ETLs. They are defined by Actito's team or with an API client, never in the interface. */
export const WHERE_ETLS_ARE =
  'ETLs are defined by Actito or with an API client (developers.actito.com, "Setting up an ETL"); Actito\'s app ' +
  '"Manage imports" shows those there are';

/** What the ETL of an activation has to be: Actito offers no way to read it. Undefined for one-shot imports. */
export function etlRequirements({ activation, destination }: Definition): Told | undefined {
  const { importMode, matchingKey, attributes } = activation;
  if (importMode === 'oneShot') return undefined;
  return tell('etlRequired', {
    etl: importMode.etl,
    profileTable: destination.profileTable,
    entity: destination.entity,
    key: matchingKey.attribute,
    separator: FILE.separator,
    columns: [matchingKey.attribute, ...attributes.map(({ attribute }) => attribute)],
    some: destination.contract.etlColumns === 'subset' && attributes.length > 0,
  });
}

/** Actito has no ETL of this id, or does not show it. */
export function etlMissing(definition: Definition, said: string): Failure {
  const { importMode } = definition.activation;
  const etl = importMode === 'oneShot' ? '' : importMode.etl;
  return new Failure(
    'ConfigurationInvalid',
    `Actito knows no ETL ${etl}, which importMode of ${definition.activation.id} names. ${WHERE_ETLS_ARE}. ` +
      `${etlRequirements(definition)?.message} Put its id into importMode: { etl: … }. (${said})`,
    { notDone: true },
  );
}
