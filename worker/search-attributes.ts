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

/**
 * Temporal's answers if someone else adds the same attributes at the same time; the latter also if there are too many.
 */
const RACED = ['ALREADY_EXISTS', 'INVALID_ARGUMENT'];
/** In milliseconds, before the namespace is checked again. */
const PAUSES = [200, 1_000];

const NAMES = SEARCH_ATTRIBUTES.map((key) => key.name);

/**
 * Registers the search attributes that runs set, unless the namespace has them. Without them, or with another type,
 * every workflow task would fail forever, so the worker does not start, and says why.
 * @throws Failure ConfigurationInvalid, with the cause and what to do; TemporalUnavailable if Temporal fails
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
    // Another worker may be adding them at the same time, so the final state of the namespace decides.
    const [pause, ...rest] = pauses;
    if (pause !== undefined) {
      await sleep(pause);
      return registerSearchAttributes(services, namespace, rest);
    }
    if (code !== 'INVALID_ARGUMENT') throw translated(error, namespace);
    // The server accepts these names and this type, so only their number can be wrong.
    throw new Failure('searchAttributesFull', { namespace, names: missing, used });
  }
  // Temporal does not report it if someone has meanwhile added one of that name with another type.
  await lookAtSearchAttributes(services, namespace, NAMES);
}
