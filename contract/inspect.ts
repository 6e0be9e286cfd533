import { z } from 'zod';
import { choice, idOf } from './fields.ts';
import type { Told } from './messages/message.ts';
import type { RefreshSummary } from './steps.ts';

export const INSPECT_WORKFLOW_TYPE = 'inspectDestination';

/** The argument of `inspectDestination`: which part of a destination to read from Actito. */
export const inspectSchema = z.strictObject({
  destination: idOf('destinationId'),
  what: choice('attributes', 'lists', 'contract', 'directory'),
  /** Only for `directory`: the name of a full export that may have far fewer profiles than are known. */
  accept: z.string().max(255).optional(),
});
export type InspectRequest = z.output<typeof inspectSchema>;

/** The workflow id of an inspection. The same requests at the same time get the same result. */
export function inspectWorkflowId({ destination, what, accept }: InspectRequest): string {
  return `inspect/${destination}/${what}${accept === undefined ? '' : `/${accept}`}`;
}

/** An attribute of a destination's profile table. */
export interface AttributeInfo {
  name: string;
  type: string;
  unique: boolean;
  mandatory: boolean;
  maxLength?: number;
  /** Ids of the activations that map it. */
  mappedBy: string[];
}

/** An external target list, as far as Actito's API shows it. */
export interface ListInfo {
  name: string;
  profiles: number | null;
  /** When Actito stops targeting its members. */
  expires: string | null;
  /** The last file that Actito retrieved. */
  file: string | null;
  /** The activation that created it; null: created in Actito. */
  owner: string | null;
  /** Its activation is not in the project any more. */
  orphaned: boolean;
}

/** The attributes of a destination's profile table; `more` is the number of omitted ones. */
export interface AttributesResult {
  what: 'attributes';
  destination: string;
  profileTable: string;
  attributes: AttributeInfo[];
  more: number;
}

/** The external target lists of a destination's profile table; `more` is the number of omitted ones. */
export interface ListsResult {
  what: 'lists';
  destination: string;
  lists: ListInfo[];
  more: number;
}

/** The sources of what the contract says. D: documented by Actito, C: seen in public client code, A: assumed. */
export const MARKS = ['D', 'C', 'A'] as const;

/** How a route compares with the contract. */
export const ROUTE_RESULTS = ['asAssumed', 'differs', 'notFound', 'failed', 'notChecked'] as const;

/** What reading a route showed. It contains no ids, no names of the customer and no values. */
export interface RouteCheck {
  /** The name of the route in `contract.paths`. */
  route: string;
  mark: (typeof MARKS)[number];
  /** The method and the path with its placeholders; of a path in `contract.paths`, only the name of the setting. */
  call: string;
  result: (typeof ROUTE_RESULTS)[number];
  /** The HTTP status; null if there was no answer. */
  status: number | null;
  /** The names of the fields of the answer. */
  fields: string[];
  says: Told;
  /** Settings of the destination that follow, such as `contract.rowResults: none`. */
  settings: string[];
}

/** The checks of the contract with Actito that reading allows. */
export interface ContractResult {
  what: 'contract';
  destination: string;
  /** Actito's environment or host; null: another address, which is not shown. */
  actito: string | null;
  checks: RouteCheck[];
}

/** What was read into the profile directories of a destination, one per attribute that is a matching key. */
export interface DirectoryResult {
  what: 'directory';
  destination: string;
  directories: RefreshSummary[];
}

/** The result of `inspectDestination`. */
export type InspectResult = AttributesResult | ListsResult | ContractResult | DirectoryResult;
