import { z } from 'zod';

const Licence = z.strictObject({
  assumedRoutes: z.union([z.literal('served'), z.literal(404)], { error: "'served' or 404" }),
  emptyValue: z.enum(['clears', 'ignored'], { error: 'clears or ignored' }),
  executionListing: z.enum(['none', 'byFileName'], { error: 'none or byFileName' }),
  fileDisappears: z.boolean(),
  listIdentifiers: z.enum(['uniqueAttribute', 'profileId'], { error: 'uniqueAttribute or profileId' }),
  importParts: z.strictObject({
    file: z.string(),
    definition: z.string(),
    definitionFile: z.string().optional(),
  }),
});

/**
 * What is open in Actito's documentation, and may differ between licences; can be changed while the simulator runs.
 * - `assumedRoutes`: the routes that Actito has not documented are `served` (default), or all answered 404, so that only
 *   documented ones work;
 * - `emptyValue`: an empty field of an import `clears` the attribute (default), or is `ignored`;
 * - `executionListing`: imports can be asked for `byFileName`, or cannot (`none`, default);
 * - `fileDisappears`: Actito removes a list's file once it has read it (default true);
 * - `listIdentifiers`: the lines of a list's file are values of its identifier, a `uniqueAttribute` (default); or profile ids
 *   only (`profileId`), whatever its identifier, and anything else targets nobody without an error;
 * - `importParts`: what the parts of an import's multipart call are named, and `definitionFile`, the only accepted file name
 *   of the definition (default: any name, but there must be one).
 */
export type Licence = z.infer<typeof Licence>;

export const USUAL_LICENCE: Licence = {
  assumedRoutes: 'served',
  emptyValue: 'clears',
  executionListing: 'none',
  fileDisappears: true,
  listIdentifiers: 'uniqueAttribute',
  importParts: { file: 'file', definition: 'definition' },
};

/** Changes the given settings for all later calls and checks. @throws Error for an invalid setting. */
export function changeLicence(licence: Licence, changes: Partial<Licence>): void {
  const parsed = Licence.partial().safeParse(changes);
  if (!parsed.success) throw new Error(`Licence: ${z.prettifyError(parsed.error)}`);
  Object.assign(licence, parsed.data);
}

/** The settings of a license among others. */
export function licenceIn(settings: Licence): Licence {
  const { assumedRoutes, emptyValue, executionListing, fileDisappears, listIdentifiers, importParts } =
    settings;
  return { assumedRoutes, emptyValue, executionListing, fileDisappears, listIdentifiers, importParts };
}
