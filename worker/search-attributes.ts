import type { NativeConnection } from '@temporalio/worker';
import { Failure } from '../contract/failure.ts';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';

/** temporal.api.enums.v1.IndexedValueType: KEYWORD */
const KEYWORD = 2;
/** The gRPC status code ALREADY_EXISTS: another worker was faster. */
const ALREADY_EXISTS = 6;

/**
 * Registers the search attributes that runs set, unless the namespace has them. Without them every workflow task
 * would fail, so a worker that may not register them does not start.
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<void> {
  const { operatorService } = connection;
  const names = SEARCH_ATTRIBUTES.map((key) => key.name);
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const missing = names.filter((name) => !customAttributes?.[name]);
    if (missing.length === 0) return;
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if ((error as { code?: number }).code === ALREADY_EXISTS) return;
    throw new Failure('searchAttributesMissing', { namespace, names });
  }
}
