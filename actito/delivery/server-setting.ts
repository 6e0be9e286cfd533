import { Failure, isFailure } from '../../contract/failure.ts';

/**
 * Makes a failure name the settings of the server that it is about. The texts name `delivery` unless a fact says
 * otherwise, because most servers receive lists.
 * @param error returned as it is unless it is a failure
 */
export function ofSetting(error: unknown, { setting }: { setting?: string }): unknown {
  if (setting === undefined || !isFailure(error)) return error;
  const { told, cause, retryAfter, notDone, tries, words, peer } = error;
  // Every message about a file server accepts the fact.
  const facts = { ...told.facts, setting } as never;
  const named = new Failure(told.reason as never, facts, {
    cause,
    retryAfter,
    notDone,
    tries,
    words: words?.open(),
  });
  if (peer !== undefined) named.peer = peer;
  return named;
}
