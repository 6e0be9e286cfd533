import type { Definition } from '../../activation/definition/definition.ts';
import { Failure } from '../../contract/failure.ts';
import type { NotFound } from '../api/failures.ts';
import type { EtlFacts } from '../../contract/messages/lists.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { FILE } from '../contract.ts';

/**
 * Describes the required settings of an activation's ETL. How Actito's API describes them is not documented, so people
 * compare them. Undefined for one-shot imports.
 */
export function etlRequirements(definition: Definition): Told | undefined {
  const facts = etlFacts(definition);
  return facts && tell('etlRequired', facts);
}

/** Returns the same as facts, for messages about a failed import. */
export function etlFacts(definition: Definition): EtlFacts | undefined {
  const { importMode } = definition.activation;
  return importMode === 'oneShot' ? undefined : factsOf(definition, importMode.etl);
}

/** The failure if Actito has no ETL with this id, or does not show it. */
export function etlMissing(definition: Definition, { answer, words }: NotFound): Failure {
  const { importMode, id } = definition.activation;
  const etl = importMode === 'oneShot' ? '' : importMode.etl;
  const { status, call } = answer;
  const facts = { ...factsOf(definition, etl), activation: id, status, call };
  return new Failure('etlUnknown', facts, { notDone: true, words: words?.open() });
}

function factsOf({ activation, destination }: Definition, etl: string): EtlFacts {
  const { matchingKey, attributes } = activation;
  return {
    etl,
    profileTable: destination.profileTable,
    entity: destination.entity,
    key: matchingKey.attribute,
    separator: FILE.separator,
    columns: [matchingKey.attribute, ...attributes.map(({ attribute }) => attribute)],
    some: destination.contract.etlColumns === 'subset' && attributes.length > 0,
  };
}
