import type { Definition } from '../../activation/definition/definition.ts';
import { Failure } from '../../activation/failures.ts';
import { FILE } from '../contract.ts';

/** D: where people find ETLs. They are defined by Actito's team or with an API client, never in the interface. */
export const WHERE_ETLS_ARE =
  'ETLs are defined by Actito or with an API client (developers.actito.com, "Setting up an ETL"); Actito\'s app ' +
  '"Manage imports" shows those there are';

/**
 * What the ETL of an activation has to be, in words: Actito offers no way to read it. Undefined for one-shot imports.
 */
export function etlRequirements({ activation, destination }: Definition): string | undefined {
  const { importMode, matchingKey, attributes } = activation;
  if (importMode === 'oneShot') return undefined;
  const columns = [matchingKey.attribute, ...attributes.map(({ attribute }) => attribute)];
  const some = destination.contract.etlColumns === 'subset' && attributes.length > 0;
  return (
    `ETL ${importMode.etl} must be triggered by API, import into profile table ${destination.profileTable} of entity ` +
    `${destination.entity} in mode UPDATE_ONLY, match on ${matchingKey.attribute}, and read CSV in UTF-8 with separator ` +
    `"${FILE.separator}" and a header line of the technical names ${columns.join(', ')}` +
    `${some ? ' (a file may leave out any but the first)' : ''}. In another mode it would create profiles, or change ` +
    'nothing; actito-sync cannot read it.'
  );
}

/** Actito has no ETL of this id, or does not show it. */
export function etlMissing(definition: Definition, said: string): Failure {
  const { importMode } = definition.activation;
  const etl = importMode === 'oneShot' ? '' : importMode.etl;
  return new Failure(
    'ConfigurationInvalid',
    `Actito knows no ETL ${etl}, which importMode of ${definition.activation.id} names. ${WHERE_ETLS_ARE}. ` +
      `${etlRequirements(definition)} Put its id into importMode: { etl: … }. (${said})`,
    { notDone: true },
  );
}
