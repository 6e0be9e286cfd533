import { isFailure } from '../../contract/failure.ts';

/**
 * Makes a failure name the settings of the server that it is about. The texts name `delivery` unless a fact says
 * otherwise, because most servers receive lists.
 * @param error returned as it is unless it is a failure
 */
export function ofSetting(error: unknown, { setting }: { setting?: string }): unknown {
  // Every message about a file server accepts the fact.
  return setting !== undefined && isFailure(error) ? error.withFacts({ setting }) : error;
}
