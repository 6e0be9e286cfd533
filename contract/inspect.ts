import { z } from 'zod';
import { choice, idOf } from './fields.ts';

export const INSPECT_WORKFLOW_TYPE = 'inspectDestination';

/** The one argument of `inspectDestination`: what of a destination is looked up in Actito. */
export const inspectSchema = z.strictObject({
  destination: idOf('destinationId'),
  what: choice('attributes', 'lists'),
});
export type InspectRequest = z.output<typeof inspectSchema>;

/** The workflow id of an inspection: who asks at the same time gets the same answer. */
export function inspectWorkflowId({ destination, what }: InspectRequest): string {
  return `inspect/${destination}/${what}`;
}

/** An attribute of a destination's profile table. */
export interface AttributeInfo {
  name: string;
  type: string;
  unique: boolean;
  mandatory: boolean;
  maxLength?: number;
  /** Ids of the activations that write it. */
  mappedBy: string[];
}

/** An external target list as far as it can be read. */
export interface ListInfo {
  name: string;
  profiles: number | null;
  /** When it will target nobody any more. */
  expires: string | null;
  /** The file that it last retrieved. */
  file: string | null;
  /** The activation that made it; null: someone else. */
  owner: string | null;
  /** Its activation is no longer in the project. */
  orphaned: boolean;
}

/** The attributes of a destination's profile table; `more`: so many were left out. */
export interface AttributesResult {
  what: 'attributes';
  destination: string;
  profileTable: string;
  attributes: AttributeInfo[];
  more: number;
}

/** The external target lists of a destination's profile table; `more`: so many were left out. */
export interface ListsResult {
  what: 'lists';
  destination: string;
  lists: ListInfo[];
  more: number;
}

/** What `inspectDestination` answers. */
export type InspectResult = AttributesResult | ListsResult;
