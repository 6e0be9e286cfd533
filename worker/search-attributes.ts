import {
  isNoOperator,
  KEYWORD,
  lookAtSearchAttributes,
  translated,
  type TemporalServices,
} from '../activities/search-attributes.ts';
import { Failure } from '../contract/failure.ts';
import { temporalCode } from '../contract/grpc.ts';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';

const NAMES = SEARCH_ATTRIBUTES.map((key) => key.name);

/**
 * Registers the search attributes that runs set, unless the namespace has them. Without them, or with one of another type,
 * every workflow task would fail for ever: then the worker does not start, and says why.
 * @throws Failure ConfigurationInvalid, with the cause and what to do about it; TemporalUnavailable when Temporal fails
 */
export async function registerSearchAttributes(services: TemporalServices, namespace: string): Promise<void> {
  const { missing, used } = await lookAtSearchAttributes(services, namespace, NAMES);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
  try {
    await services.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    const code = temporalCode(error);
    if (isNoOperator(error)) throw new Failure('searchAttributesMissing', { namespace, names: missing });
    // The server takes these names and this type, so only their number can be wrong.
    if (code === 'INVALID_ARGUMENT')
      throw new Failure('searchAttributesFull', { namespace, names: missing, used });
    if (code !== 'ALREADY_EXISTS') throw translated(error, namespace); // otherwise another worker was faster
  }
  // Temporal does not say so if someone has meanwhile added one of that name with another type.
  await lookAtSearchAttributes(services, namespace, NAMES);
}
