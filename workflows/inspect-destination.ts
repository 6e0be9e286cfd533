import { inspectAttributes, inspectContract, inspectLists, refreshDestination } from './activities.ts';
import { inspectSchema, type InspectRequest, type InspectResult } from '../contract/inspect.ts';
import { showDetails } from './details.ts';
import { rethrowAsOwn } from './failure.ts';
import { parseArgument } from './request.ts';

const DETAILS = {
  attributes: (destination: string) => `Reading the attributes of destination **${destination}** from Actito`,
  lists: (destination: string) => `Reading the lists of destination **${destination}** from Actito`,
  directory: (destination: string) => `Reading the exports of profiles of destination **${destination}**`,
  contract: (destination: string) => `Comparing Actito with the contract of destination **${destination}**`,
} satisfies Record<InspectRequest['what'], (destination: string) => string>;
const INSPECTIONS = {
  attributes: inspectAttributes,
  lists: inspectLists,
  contract: inspectContract,
  directory: refreshDestination,
} satisfies Record<
  InspectRequest['what'],
  (destination: string, options: { accept?: string }) => Promise<InspectResult>
>;

/** Reads from the worker, which has the secrets, what exists in the destination's Actito or on its file server. */
export async function inspectDestination(input: unknown): Promise<InspectResult> {
  const { destination, what, accept } = parseArgument('inspectDestination', inspectSchema, input);
  showDetails(DETAILS[what](destination));
  return rethrowAsOwn<InspectResult>(() => INSPECTIONS[what](destination, { accept }));
}
