import { setTimeout as sleep } from 'node:timers/promises';
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

/** What Temporal answers to who adds attributes while someone else adds the same; the latter also when there are too many. */
const RACED = ['ALREADY_EXISTS', 'INVALID_ARGUMENT'];
/** In milliseconds, before the namespace is looked at again. */
const PAUSES = [200, 1_000];

const NAMES = SEARCH_ATTRIBUTES.map((key) => key.name);

/**
 * Registers the search attributes that runs set, unless the namespace has them. Without them, or with one of another type,
 * every workflow task would fail for ever: then the worker does not start, and says why.
 * @throws Failure ConfigurationInvalid, with the cause and what to do about it; TemporalUnavailable when Temporal fails
 */
export async function registerSearchAttributes(
  services: TemporalServices,
  namespace: string,
  pauses: readonly number[] = PAUSES,
): Promise<void> {
  const { missing, used } = await lookAtSearchAttributes(services, namespace, NAMES);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
  try {
    await services.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (isNoOperator(error)) throw new Failure('searchAttributesMissing', { namespace, names: missing });
    const code = temporalCode(error) ?? '';
    if (!RACED.includes(code)) throw translated(error, namespace);
    // Another worker that starts now may be faster, or in the middle of it: what the namespace has in the end decides.
    const [pause, ...rest] = pauses;
    if (pause !== undefined) {
      await sleep(pause);
      return registerSearchAttributes(services, namespace, rest);
    }
    if (code !== 'INVALID_ARGUMENT') throw translated(error, namespace);
    // The server takes these names and this type, so only their number can be wrong.
    throw new Failure('searchAttributesFull', { namespace, names: missing, used });
  }
  // Temporal does not say so if someone has meanwhile added one of that name with another type.
  await lookAtSearchAttributes(services, namespace, NAMES);
}
