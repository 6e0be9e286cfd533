import { inspectAttributes, inspectLists } from './activities.ts';
import { inspectSchema, type InspectResult } from '../contract/inspect.ts';
import { showDetails } from './details.ts';
import { rethrowAsOwn } from './failure.ts';
import { parseArgument } from './request.ts';

/** Reads what exists in the destination's Actito from the worker, which has the secrets. */
export async function inspectDestination(input: unknown): Promise<InspectResult> {
  const { destination, what } = parseArgument('inspectDestination', inspectSchema, input);
  showDetails(`Reading the ${what} of destination **${destination}** from Actito`);
  return rethrowAsOwn<InspectResult>(() =>
    what === 'attributes' ? inspectAttributes(destination) : inspectLists(destination),
  );
}
