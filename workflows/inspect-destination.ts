import { inspectAttributes, inspectLists } from './activities.ts';
import { inspectSchema, type InspectResult } from '../contract/inspect.ts';
import { showDetails } from './details.ts';
import { toldAsOwn } from './failure.ts';
import { parseArgument } from './request.ts';

/** Looks up what a destination's Actito holds, from where the worker is: that is where the secrets are. */
export async function inspectDestination(input: unknown): Promise<InspectResult> {
  const { destination, what } = parseArgument('inspectDestination', inspectSchema, input);
  showDetails(`Looks up the ${what} of destination **${destination}** in Actito`);
  return toldAsOwn<InspectResult>(() =>
    what === 'attributes' ? inspectAttributes(destination) : inspectLists(destination),
  );
}
